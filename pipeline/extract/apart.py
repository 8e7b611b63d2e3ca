"""What of a page stands apart from its article: foot, replies, boxes about the site or others."""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.extract.page import Page
from pipeline.extract.prose import inside_of, is_prose
from pipeline.extract.wording import heads_other_box, is_foot

_FLOOR = re.compile(
    r"(发表于|发布于|回复于|发表时间[:：]|(?:作者|楼主)[:：]\s?\S{1,20}\s+时间[:：]|\d{1,5}\s*楼)\s*(\d{4}|\d{1,2}-\d|昨天|今天|前天|\d+\s*(分钟"
    r"|小时|天)前)"
)
_FLOOR_HINT = re.compile(r"[发回楼者]")
_LEGAL = re.compile(
    r"本(站|网站?|集团|公司)|版权|授权|转载|免责|法律责任|备案|许可证|客服|热线|邮编|传真"
    r"|地址[:：]|邮箱|电话[:：]"
    r"|技术支持|主办|承办|分辨率|网站标识|隐私|服务条款|用户协议|举报"
)


def foot(page: Page, start: int) -> int:
    """Index of the first block of the site's foot."""
    for index in range(max(start, len(page.blocks) // 3 + 1), len(page.blocks)):
        if is_foot(page.blocks[index].text):
            return index
    return len(page.blocks)


def second_post(page: Page, start: int) -> int:
    """Index of the block that dates the second post of a thread: what follows are replies."""
    dated = [
        index
        for index, block in enumerate(page.blocks)
        if block.size < 80 and _FLOOR_HINT.search(block.text) and _FLOOR.search(block.spaced)
    ]
    if len(dated) > 1 and any(is_prose(page.blocks[i]) for i in range(start, dated[0])):
        return dated[0]
    for first, second in pairwise(dated):
        between = range(max(first + 1, start), second)
        if first >= start - 5 and any(is_prose(page.blocks[i]) for i in between):
            return second
    return len(page.blocks)


def with_legal(page: Page, noisy: list[bool], start: int) -> list[bool]:
    """Also marks boxes full of the words that sites use of themselves: about us, terms, address."""
    words: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for block in page.blocks[start:]:
        box = page.elements[block.element].parent
        sizes[box] = sizes.get(box, 0) + block.size
        words[box] = words.get(box, 0) + len(_LEGAL.findall(block.text))
    above = set(page.ancestors(page.blocks[start - 1].element)) if start else set()
    dense = {box for box, count in words.items() if count >= 4 and count * 40 >= sizes[box]}
    full = dense - above
    if not full:
        return noisy
    marked = list(noisy)
    for index, element in enumerate(page.elements):
        marked[index] = marked[index] or index in full or marked[element.parent]
    return marked


def with_boxes(page: Page, noisy: list[bool], start: int) -> list[bool]:
    """Also marks what follows a heading such as 最新评论 in its box, once there was a sentence."""
    marked = list(noisy)
    above = set(page.ancestors(page.blocks[start - 1].element)) if start else {0}
    seen = False
    for block in page.blocks[start:]:
        seen = seen or (not marked[block.element] and is_prose(block))
        if not seen or not heads_other_box(block.text):
            continue
        box = page.elements[block.element].parent
        if box in above:
            continue
        inside = inside_of(page, box)
        for index in range(block.element, len(page.elements)):
            marked[index] = marked[index] or inside[index]
    return marked
