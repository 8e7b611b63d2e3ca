"""Words that mean the same, or the contrary, or that a sentence turns on."""

from __future__ import annotations

import re

from rapidfuzz.distance import Indel

from pipeline.claims.contrast import vocabulary
from pipeline.sounds import syllable

_Table = dict[str, str]


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split())


def _pairs(written: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair.split("|")) for pair in written.split())


def _groups(written: str) -> _Table:
    """Each word of a group → the first word of it."""
    groups = (group.split() for group in written.split("|"))
    return {word: group[0] for group in groups for word in group}


def _classes(**written: str) -> _Table:
    return {word: name for name, words in written.items() for word in words.split()}


SYNONYMS = _groups(vocabulary.SYNONYMS)
"""Word → the word that stands for its group."""
_ANTONYMS = _pairs(vocabulary.ANTONYMS)
ANTONYMS = frozenset(frozenset(SYNONYMS.get(word, word) for word in pair) for pair in _ANTONYMS)
"""Pairs of contrary words, each by the word that stands for its group."""
OPPOSED = frozenset(frozenset(pair) for pair in _words(vocabulary.OPPOSED))
"""Characters that turn a word into its contrary: 上调, 下调."""
ORGANISATIONS = _words(vocabulary.ORGANISATIONS)
_EXCLUSIVE = tuple(
    (group.split()[0], frozenset(group.split()[1:])) for group in vocabulary.EXCLUSIVE.split("|")
)
NOUNS = _words(vocabulary.NOUNS)
_RANKS = frozenset("省市区县镇乡")
"""What stands for the place itself: 市疾控中心 is the 临江市疾控中心."""
_ALIASES = _pairs(vocabulary.ALIASES)

MODAL = _classes(
    禁止="禁止 不得 严禁 不准 不允许 不许 不能 不可 不可以 不应 禁 杜绝 谢绝 不能够 一律不 "
    "切勿 请勿 万勿",
    必须="必须 应当 应 须 务必 一定要 强制 需要 需 要求 必需 理应",
    不强制="无需 无须 不必 不用 不需要 不强制 不要求 自愿 可不 免予 不须 毋须 毋需 可以不",
    可以="可以 可 允许 准许 能 能够 准予 可自行 有权 许可",
    建议="建议 鼓励 倡导 提倡 倡议 希望 宜",
)
"""Word → the duty that it states."""

NEGATIONS = _words(
    """
    不 没 没有 未 无 非 勿 莫 别 并非 并未 并无 从未 毫无 绝非 尚未 还没 还没有 不会 不是 不再
    不曾 不予 不要 无法 无权 拒不 毫不 未曾 未能 没能 并不 决不 绝不 不愿 不想 不肯 不足以 不属 不含
    不收 不属于 不包括 不存在 不适用 不受 不变 不参加 不合格 不达标 不符合 不具备 不支持 不同意 不限
    不设 不分 无关 非必要 非特殊 非紧急 不实 不符 未经 未满 未达 未获 未发现 未出现 无一 不见
    不足为 不收取 不收费 不开放
    """
)
_NOT_NEGATIVE = _words(
    """
    不仅 不但 不光 不只 不断 不少 不久 不同 不过 不料 不管 不论 不幸 不好意思 不明 不法 不良 不止
    不小心 不满 不起 不得了 不错 不禁 不由 不惜 不时 不一 不等 不得不 无不 无论 无数 无疑 无人机
    无线 无症状 无辜 无声 无私 无限 无锡 无比 无缝 无障碍 未来 未成年 未成年人 未必 未免 没收 没事
    非法 非常 非典 非洲 非遗 别人 别的 别墅 别样 非但 不可避免 不可或缺 不动产 不锈钢 不知不觉
    不忘初心 不负 不懈 不约而同 不足 不可思议 不忘 不屈 不怕 不易 不朽
    """
)


def is_negative(word: str) -> bool:
    """Whether a word says no: 没有, 不会, 未经许可; not 不断, 未来."""
    if word in NEGATIONS or word[:2] in ("未经", "尚未", "并未"):
        return True
    if len(word) == 2 and word[1] == "无":
        return word not in _NOT_NEGATIVE
    return word[0] in "不没未" and len(word) <= 3 and word not in _NOT_NEGATIVE


SCOPE = _classes(
    全部="全部 所有 全体 全国 全省 一律 任何 凡 一切 普遍 全员 每个 每位 "
    "各类 全民 通通 统统 全线 全域 "
    "各地 悉数 均 都 全都 每 人人 全市 全区 全县 全校 全院 全球 完全 各区",
    部分="大型 中型 小型 大中型 城区 主城区 中心城区 郊区 "
    "部分 一些 若干 个别 少数 有些 有的 某些 局部 零星 少量 一部分 小部分",
    多数="多数 大多数 大部分 绝大多数 大多 绝大部分 大半 过半 多半",
    除外="除外 例外 除去",
    仅="仅 只 只有 仅限 唯一 单独 仅仅 只限 限于 专门 只能 仅有 唯有",
)
"""Word → how much it speaks of."""
WEAK_SCOPE = _words(
    "均 都 每 只 全球 全国 各地 各类 各区 全市 全省 全区 完全 每个 每位 每名 专门 唯一 唯有 只有"
)
"""Words of scope that come and go in harmless rewriting."""

BOUND = {
    word: side
    for side, written in {
        ">": "超过 超 逾 突破 以上 及以上 至少 最少 不少于 不低于 高于 "
        "多于 起 最低 大于 超出 多 余",
        "<": "不足 不到 以下 及以下 以内 之内 至多 最多 不超过 不高于 低于 "
        "少于 小于 未满 不满 最高 "
        "不大于 近 将近 接近 内",
        "~": "约 大约 大概 左右 上下 差不多 几 来",
    }.items()
    for word in written.split()
}
"""Word beside a number → on which side of it the truth lies."""

EPISTEMIC = _words(
    """
    可能 或 或许 也许 或将 恐 疑似 疑 拟 计划 打算 预计 有望 据称
    似乎 大概率 或者 预期 尚待 待定 初步
    试行 征求意见 传 假设 预估 考虑
    """
)
"""Words by which a text stops short of asserting."""

FUNCTION_TAGS = _words("uj ul uz ug ud uv u y e o p c f r k h d zg rr rz")
NAME_TAGS = _words("nr ns nt nz nrt nrfg")
_INSTITUTION = re.compile(
    r"(?:委员会|卫健委|办公室|管理局|公司|集团|大学|学院|医院|法院|检察院|政府|中心|协会|银行|指挥部|"
    r"街道|社区|[局部厅委署院省市县区镇乡村州国路港湾])$"
)
_NOT_INSTITUTION = _words(
    """
    全部 内部 外部 干部 住院 出院 入院 全国 全省 全市 本市 市区 地区
    我市 我国 我省 我区 本区 全区 各国
    各省 各市 道路 一路 公路 马路 铁路 线路 网路 思路 上市 入市 门市
    超市 都市 城市 城区 社区 小区 农村
    乡村 两国 多国 法院 医院 学院 大学 政府 中心 公司 集团 协会 银行
    街道 原委 评委 景区 园区 校区 山区
    灾区 片区 辖区 病区 电影院 回国 出国 爱国 外国 结局 布局 格局 党委 市委 省委 常委 局部 大部 头部
    夜市 股市 楼市 菜市 集市
    """
)


def is_institution(word: str) -> bool:
    """Whether a word ends as names of offices, firms and places do."""
    return len(word) > 1 and word not in _NOT_INSTITUTION and _INSTITUTION.search(word) is not None


def cores(first: str, second: str) -> tuple[str, str]:
    """What of two stretches differs at neither end: 治愈 and 死亡 of 治愈率 and 死亡率."""
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    end = 0
    while end < min(len(first), len(second)) - start and first[-1 - end] == second[-1 - end]:
        end += 1
    return first[start : len(first) - end], second[start : len(second) - end]


def same_meaning(first: str, second: str) -> bool:
    """Whether two stretches differ by one synonym only, however they were cut into words."""
    mine, other = cores(first, second)
    if frozenset((mine, other)) in _ALIASES:
        return True
    return SYNONYMS.get(mine, mine) == SYNONYMS.get(other, other) and mine in SYNONYMS


def contrary(first: str, second: str) -> bool:
    """Whether two stretches are contrary: by the list, or by one character (上调, 下调)."""
    mine, other = cores(first, second)
    if len(mine) == len(other) == 1:
        return (frozenset((mine, other)) in OPPOSED and len(first) > 1) or _listed(first, second)
    return _listed(first, second) or _listed(mine, other)


def _listed(first: str, second: str) -> bool:
    heads = frozenset((SYNONYMS.get(first, first), SYNONYMS.get(second, second)))
    return heads in ANTONYMS or frozenset((first, second)) in _ANTONYMS


def excluding(first: str, second: str) -> str | None:
    """The kind of difference between two words of which one shuts the other out, if they do."""
    for pair in ((first, second), cores(first, second)):
        for kind, words in _EXCLUSIVE:
            if words.issuperset(pair) and not _same_holiday(*pair):
                return kind
    return None


def _same_holiday(first: str, second: str) -> bool:
    return first.removesuffix("节") == second.removesuffix("节")


def sound_alike(first: str, second: str) -> bool:
    """Whether two words are read alike, as a slip of the keyboard leaves them: 计分, 记分."""
    return len(first) == len(second) and all(map(_read_alike, first, second))


def _read_alike(first: str, second: str) -> bool:
    return first == second or syllable(first) == syllable(second) != ""


def spelt_otherwise(first: str, second: str) -> bool:
    """Whether two foreign names may be one, written by other characters: 德克萨斯, 得克萨斯."""
    return (
        min(len(first), len(second)) >= 4
        and abs(len(first) - len(second)) <= 1
        and not is_institution(first)
        and Indel.normalized_similarity(first, second) >= 0.7
    )


def same_name(first: str, second: str) -> bool:
    """Whether two names may be one: an alias, a short form of the other, the other with its rank.

    A short form keeps the first character and some of the others in their order: 卫健委 is short
    for 卫生健康委员会, 临江市监局 for 临江市市场监督管理局.
    """
    if first == second or SYNONYMS.get(first, first) == SYNONYMS.get(second, second):
        return True
    if frozenset((first, second)) in _ALIASES or same_meaning(first, second):
        return True
    short, long = sorted((first, second), key=len)
    long = long.removeprefix("第")
    if short and short[0] in _RANKS and short[0] in long:
        long = long[long.index(short[0]) :]
    if short and short in _RANKS:
        return long.endswith(short)
    if len(short) < 2 or (short[0] != long[0] and (len(short) < 3 or short[:2] not in long)):
        return False
    rest = iter(long)
    return all(char in rest for char in short)


VAGUE = _words(
    "情况 结果 问题 工作 事项 内容 消息 事情 方面 状况 情形 事件 活动 信息 现象 过程 相关 有关"
)
"""Nouns that stand in for others."""
REVERSING = _words("暂缓 停止 取消 拒绝")
"""Of these, the ones that alone turn a sentence when put in or left out."""
ENDING = _words("暂缓 停止 取消 拒绝 放弃 避免 防止 结束 免征")
"""Words (heads of their group) that turn the word behind them into its contrary."""


def is_reversing(key: object, text: str) -> bool:
    """Whether a word ends what it stands by: 停止取号, 取号截止."""
    return key in REVERSING or text == "截止"


CAUSES = _words("因为 受")
"""Words (heads of their group) behind which a cause stands."""
PERIODS = frozenset("年月周日天季时")
