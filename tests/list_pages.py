"""Invented list pages in the structures that portals, agencies and boards really use.

Each is HTML in which the links of articles carry `data-gold`; the mark is taken out before the page
is read. Headlines are our own inventions about 临江市.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import cycle

_SUBJECTS = (
    "城西农贸市场", "滨江路夜市", "老旧小区电梯", "中小学食堂", "共享单车停放点", "加油站计量器具",
    "养老机构餐厅", "城北水厂", "地铁二号线", "社区卫生站", "快递网点", "儿童游乐设施", "河道治理",
    "旅游景区索道", "网络直播带货",
)  # fmt: skip
_EVENTS = (
    "专项检查结果公布", "升级改造后重新开放", "将于下周起调整开放时间", "存在的问题已全部整改",
    "工作方案征求公众意见", "引来市民围观热议", "首批名单出炉", "安全隐患排查启动", "运行首日平稳有序",
    "收费标准保持不变", "将新增便民措施五项",
)  # fmt: skip
_SHORT = ("停水通知", "招聘公告", "人事任免", "停电预告")
_COLUMNS = (
    "首页", "要闻", "政务公开指南", "机构职能与领导分工", "办事大厅服务入口", "互动交流", "专题专栏",
    "政府信息公开年度报告", "数据开放平台", "网上信访与投诉举报", "营商环境服务专区",
)  # fmt: skip


class _Writer:
    """Headlines and dates one after the other."""

    def __init__(self) -> None:
        self._subjects, self._events = cycle(_SUBJECTS), cycle(_EVENTS)
        self.number = 10_230

    def next(self) -> tuple[int, str, str]:
        self.number += 7
        day = 5 - self.number % 5
        return self.number, f"{next(self._subjects)}{next(self._events)}", f"2026-03-0{day}"


def _gold(href: str, text: str, more: str = "") -> str:
    return f"<a data-gold href='{href}'{more}>{text}</a>"


def _navigation(name: str = "nav") -> str:
    links = "".join(f"<li><a href='/{n}/'>{text}</a></li>" for n, text in enumerate(_COLUMNS))
    return f"<div class='{name}'><ul>{links}</ul></div>"


def _friends() -> str:
    links = "".join(
        f"<a href='http://www.city{n}.example/'>友好城市{n}人民政府门户网站</a>" for n in range(20)
    )
    return f"<div class='links'>友情链接：{links}</div>"


def _page(*parts: str) -> str:
    return f"<!DOCTYPE html><html><body>{''.join(parts)}</body></html>"


def front_page_of_columns(w: _Writer) -> str:
    """A portal: a block for each subject, each in a folder of its own, beside long navigation."""
    blocks = []
    for folder, name in (
        ("yw", "要闻"),
        ("tzgg", "通知公告"),
        ("msxx", "民生信息"),
        ("bmdt", "部门动态"),
    ):
        rows = "".join(
            f"<li>{_gold(f'./{folder}/202603/t20260305_{n}.html', title)}<span>{day[5:]}</span></li>"
            for n, title, day in (w.next() for _ in range(6))
        )
        blocks.append(
            f"<div class='block'><h2><a href='./{folder}/'>{name}</a><a class='more' href='./{folder}/'>"
            f"更多&gt;&gt;</a></h2><ul>{rows}</ul></div>"
        )
    focus = "".join(
        f"<div class='swiper-slide'>{_gold(f'/yw/202603/t20260304_{n}.html', f'<img src={n}.jpg><p>{title}</p>')}</div>"
        for n, title, _ in (w.next() for _ in range(3))
    )
    return _page(_navigation(), f"<div class='focus'>{focus}</div>", *blocks, _friends())


def disclosure_list(w: _Writer) -> str:
    """政府信息公开: a table with number, title, date and document number, and a tree of columns."""
    rows = "".join(
        f"<tr><td>{i}</td><td>{_gold(f'/art/2026/3/5/art_1229_{n}.html', title)}</td>"
        f"<td>临市监发〔2026〕{i}号</td><td>{day}</td></tr>"
        for i, (n, title, day) in enumerate(w.next() for _ in range(15))
    )
    tree = "".join(
        f"<li><a href='/col/col1229{n}/index.html'>{text}目录</a></li>"
        for n, text in enumerate(_COLUMNS * 2)
    )
    return _page(
        _navigation("header"),
        f"<div class='left'><ul class='tree'>{tree}</ul></div>",
        f"<table class='infolist'><tr><th>序号</th><th>标题</th></tr>{rows}</table>",
        "<div class='pagination'><a href='index_2.html'>下一页</a><a href='index_99.html'>尾页</a></div>",
    )


def search_like_rows(w: _Writer) -> str:
    """Title, summary, source and columns in each row; a tag for each."""
    rows = "".join(
        f"<div class='news-item'><h3>{_gold(f'https://www.linjiang.example/a/20260305/{n}.shtml', title)}</h3>"
        f"<p class='summary'>{title}，记者今天从现场了解到。<a href='https://www.linjiang.example/a/20260305/{n}.shtml' data-gold>[详细]</a></p>"
        f"<p class='meta'><a href='/author/3{n}'>王小临</a><a href='/tag/3{n}'>城市管理与公共服务</a>{day}</p></div>"
        for n, title, day in (w.next() for _ in range(10))
    )
    return _page(_navigation(), f"<div class='main'>{rows}</div>", _friends())


def forum_board(w: _Writer) -> str:
    """Threads with authors, last replies and pages of the thread."""
    rows = "".join(
        f"<tbody id='thread_{n}'><tr><th>{_gold(f'thread-{n}-1-1.html', title)}"
        f"<span class='tps'><a href='thread-{n}-2-1.html'>2</a><a href='thread-{n}-3-1.html'>3</a></span></th>"
        f"<td><cite><a href='space-uid-{n}.html'>江边散步的人{n}</a></cite></td>"
        f"<td><a href='forum.php?mod=redirect&tid={n}&goto=lastpost'>{day} 08:30</a></td></tr></tbody>"
        for n, title, day in (w.next() for _ in range(20))
    )
    boards = "".join(
        f"<a href='forum-{n}-1.html'>{text}讨论区</a>" for n, text in enumerate(_COLUMNS, 2)
    )
    return _page(_navigation(), f"<div class='boards'>{boards}</div>", f"<table>{rows}</table>")


def forum_with_queries(w: _Writer) -> str:
    """An old board: everything is a parameter of one script."""
    rows = "".join(
        f"<tr><td class='title'>{_gold(f'read.php?fid=4&tid={n}', title)}</td>"
        f"<td><a href='profile.php?uid={n}'>网友江畔{n}号</a></td><td>{day}</td></tr>"
        for n, title, day in (w.next() for _ in range(15))
    )
    return _page(_navigation(), f"<table class='list'>{rows}</table>")


def navigation_heavy(w: _Writer) -> str:
    """Far more links of menus than of articles, and none of the menus is called so."""
    menu = "".join(
        f"<td><a href='/channel/{n}.html'>{text}</a></td>" for n, text in enumerate(_COLUMNS * 8, 1)
    )
    rows = "".join(
        f"<p>{_gold(f'/content/2026-03/05/content_{n}.htm', title)}</p>"
        for n, title, _ in (w.next() for _ in range(8))
    )
    return _page(f"<table><tr>{menu}</tr></table>", f"<div class='c1'>{rows}</div>", _friends())


def newspaper_edition(w: _Writer) -> str:
    """A page of an e-paper: the pages of the issue on the left, the articles on the right."""
    editions = "".join(
        f"<li><a href='node_{n}.htm'>第0{n}版：{text}</a></li>"
        for n, text in enumerate(_COLUMNS, 1)
    )
    rows = "".join(
        f"<li>{_gold(f'content_{n}.htm?div=-1', title)}</li>"
        for n, title, _ in (w.next() for _ in range(7))
    )
    return _page(
        f"<div class='editions'><ul>{editions}</ul></div>",
        f"<ul class='titles'>{rows}</ul>",
    )


def cards_with_pictures(w: _Writer) -> str:
    """The picture, the title and the button lead to the same article."""
    rows = "".join(
        f"<div class='card'>{_gold(f'/p/{n}', f'<img src={n}.jpg>')}<h4>{_gold(f'/p/{n}', title)}</h4>"
        f"{_gold(f'/p/{n}', '阅读全文')}<a href='/u/{n}'>临江生活观察</a></div>"
        for n, title, _ in (w.next() for _ in range(9))
    )
    return _page(_navigation(), f"<div class='cards'>{rows}</div>", _friends())


def short_titles(w: _Writer) -> str:
    """A bulletin board of the office with titles of four characters among longer ones."""
    rows = "".join(
        f"<li>{_gold(f'/gg/{n}.html', title)}<em>{day}</em></li>"
        for n, title, day in (
            (n, _SHORT[i % 4] if i % 2 else title, day)
            for i, (n, title, day) in enumerate(w.next() for _ in range(12))
        )
    )
    return _page(_navigation(), f"<ul class='gg'>{rows}</ul>")


def addresses_in_words(w: _Writer) -> str:
    """Addresses without any number; articles are told by where they stand."""
    words = [
        "market-reopens",
        "lift-check-results",
        "school-meals",
        "bike-parking",
        "fuel-meters",
        "water-works",
    ]
    rows = "".join(
        f"<article><h2>{_gold(f'/stories/{slug}', w.next()[1])}</h2><p>今天</p></article>"
        for slug in words
    )
    return _page(_navigation("menu"), f"<main>{rows}</main>", _friends())


def accounts_elsewhere(w: _Writer) -> str:
    """A list of which some articles stand on the platform of an account."""
    rows = ""
    for i in range(12):
        n, title, day = w.next()
        href = f"https://mp.example/s?__biz=Mz{n}&mid=22{n}" if i % 4 == 3 else f"/xw/2026/{n}.html"
        rows += f"<li><span>{day}</span>{_gold(href, title)}</li>"
    return _page(_navigation(), f"<ul class='xw'>{rows}</ul>", _friends())


def advertisements_between(w: _Writer) -> str:
    """Paid links with long texts stand between the articles."""
    rows = ""
    for i in range(12):
        n, title, day = w.next()
        rows += f"<li>{_gold(f'/news/{n}.html', title)}<span>{day}</span></li>"
        if i % 4 == 1:
            rows += (
                f"<li class='ad'><a href='https://ad{n}.shop.example/click?id={n}'>"
                f"春季家电大促销全场低至五折起快来抢购</a></li>"
            )
    return _page(_navigation(), f"<ul class='n'>{rows}</ul>")


def ranking_beside(w: _Writer) -> str:
    """A narrow list and a ranking of what is read most, both of articles."""
    rows = "".join(
        f"<div class='row'>{_gold(f'/detail/{n}', title)}<i>3小时前</i></div>"
        for n, title, _ in (w.next() for _ in range(10))
    )
    rank = "".join(
        f"<li><b>{i}</b>{_gold(f'/detail/{n}', title)}</li>"
        for i, (n, title, _) in enumerate((w.next() for _ in range(10)), 1)
    )
    return _page(
        _navigation(), f"<div>{rows}</div>", f"<aside class='rank'><ol>{rank}</ol></aside>"
    )


def dates_in_the_link(w: _Writer) -> str:
    """The link holds title and date, the row is the link."""
    rows = "".join(
        _gold(f"/info/1042/{n}.htm", f"<span>{title}</span><span class='date'>{day}</span>")
        for n, title, day in (w.next() for _ in range(10))
    )
    return _page(_navigation("topbar"), f"<div class='list'>{rows}</div>", _friends())


def consultations(w: _Writer) -> str:
    """Letters to the office: number, title, state, date, all in one row, by a script's parameter."""
    rows = "".join(
        f"<tr><td>LJ2026{n}</td><td>{_gold(f'/hd/letter.do?action=show&id={n}', f'关于{title}的咨询')}</td>"
        f"<td>已办结</td><td>{day}</td></tr>"
        for n, title, day in (w.next() for _ in range(12))
    )
    faq = "".join(
        f"<li><a href='/hd/help_{n}.html'>{text}怎样办理</a></li>"
        for n, text in enumerate(_COLUMNS)
    )
    return _page(_navigation(), f"<ul class='faq'>{faq}</ul>", f"<table>{rows}</table>")


def scrolling_list(w: _Writer) -> str:
    """What scrolls for ever: the first items stand in the JSON for the script."""
    items = [
        {"docId": n, "docTitle": title, "docUrl": f"/doc/{n}.html", "pubTime": f"{day} 08:30"}
        for n, title, day in (w.next() for _ in range(10))
    ]
    gold = "".join(_gold(str(item["docUrl"]), "") for item in items)
    state = json.dumps({"menu": [{"name": "首页", "url": "/"}], "list": {"docs": items}})
    return _page(
        _navigation(),
        f"<div id='app'></div><script>window.__INITIAL_STATE__ = {state};</script>",
        f"<!--gold {gold} -->",
    )


def unlabelled_columns(w: _Writer) -> str:
    """A front page whose blocks are only divisions; columns have long names and their own lists."""
    blocks = ""
    for folder in ("a1", "b2", "c3"):
        rows = "".join(
            f"<div>{_gold(f'/{folder}/c/{n}.html', title)}</div>"
            for n, title, _ in (w.next() for _ in range(5))
        )
        blocks += (
            f"<div><div><a href='/{folder}/list.html'>市场监管与消费维权专栏</a></div>{rows}</div>"
        )
    services = "".join(
        f"<div><a href='/service/{n}/'>{text}</a></div>" for n, text in enumerate(_COLUMNS * 2)
    )
    return _page(f"<div>{services}</div>", blocks, _friends())


def hosts_of_columns(w: _Writer) -> str:
    """A portal whose columns stand on hosts of their own."""
    rows = ""
    for host in ("news", "finance", "local"):
        rows += "<ul>" + "".join(
            f"<li>{_gold(f'http://{host}.linjiang.example/2026/0305/c{n}.html', title)}</li>"
            for n, title, _ in (w.next() for _ in range(6))
        ) + "</ul>"  # fmt: skip
    return _page(_navigation(), rows, _friends())


def short_numbers(w: _Writer) -> str:
    """Two lists whose articles have numbers of one digit, beside a longer menu without a name."""
    menu = "".join(f"<a href='/c/{n}'>{text}</a>" for n, text in enumerate(_COLUMNS * 2))
    lists = "".join(
        "<div><ul>"
        + "".join(f"<li>{_gold(f'/{folder}/{n}.html', w.next()[1])}</li>" for n in range(1, 8))
        + "</ul></div>"
        for folder in ("a", "b")
    )
    return _page(f"<div>{menu}</div>", lists)


def blog_with_archive(w: _Writer) -> str:
    """A blog: dated addresses in words, comments, categories, and a list of its months."""
    words = ["market-day", "lift-check", "school-meals", "bike-racks", "water-works", "new-line"]
    posts = "".join(
        f"<article><h2>{_gold(f'/2026/03/{slug}/', w.next()[1])}</h2><a href='/category/city/'>城市</a>"
        f"<a href='/2026/03/{slug}/#comments'>3 条评论</a></article>"
        for slug in words
    )
    months = "".join(f"<li><a href='/2026/0{n}/'>2026年{n}月文章归档</a></li>" for n in range(1, 7))
    return _page(_navigation(), posts, f"<aside><ul>{months}</ul></aside>")


PAGES: tuple[Callable[[_Writer], str], ...] = (
    front_page_of_columns, disclosure_list, search_like_rows, forum_board, forum_with_queries,
    navigation_heavy, newspaper_edition, cards_with_pictures, short_titles, addresses_in_words,
    accounts_elsewhere, advertisements_between, ranking_beside, dates_in_the_link, consultations,
    scrolling_list, unlabelled_columns, hosts_of_columns,
    short_numbers, blog_with_archive,
)  # fmt: skip


def list_pages() -> Iterator[tuple[str, str]]:
    """Name and HTML, still with its marks."""
    for number, make in enumerate(PAGES):
        writer = _Writer()
        writer.number += 1_000 * number
        yield make.__name__, make(writer)
