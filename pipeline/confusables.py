"""What stands for a character when somebody writes around a filter: sounds, parts, shapes.

All tables speak of folded text (`pipeline.normalise`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from pypinyin import Style, lazy_pinyin
from pypinyin.contrib.tone_convert import to_normal, to_tone3
from pypinyin.pinyin_dict import pinyin_dict

_SYMBOLS_FROM = 0xF0000
"""Syllables are written as characters of this private plane, one each, so that they scan fast."""
_LONGEST_SYLLABLE = 6

_PARTS = {
    "氵": "湖胡 河可 江工 海每 法去 没殳 泪目 沙少 清青 油由 波皮 洗先 活舌 涉步 添忝 渔鱼 洪共",
    "讠": "谣䍃 请青 诈乍 证正 许午 让上 认人 说兑 话舌 记己 诉斥 讼公 诊㐱 订丁 词司 谋某 讨寸",
    "钅": "钱戋 银艮 镇真 针十 钟中 钢冈 铁失 链连 锁肖",
    "亻": "假叚 什十 传专 保呆 作乍 他也 件牛 位立 债责 停亭 值直 仿方 休木 低氐 信言",
    "扌": "抢仓 打丁 拆斥 扣口 押甲 抓爪 投殳 拒巨 挂圭 抗亢 损员 报𠬝 摊难 招召 托乇 摸莫",
    "忄": "情青 怕白 恨艮 性生 忙亡 慌荒",
    "木": "桥乔 树对 村寸 林木 校交 检佥 查旦 权又 材才 板反 构勾 标示 枪仓",
    "纟": "红工 级及 经圣 给合 约勺 纪己 结吉 组且 绿录",
    "饣": "饭反 饮欠 馆官 饿我 饼并",
    "口": "吃乞 喝曷 吸及 咬交 嘴觜 唱昌",
    "女": "妈马 好子 奶乃 妇彐 姓生 婚昏",
    "月": "肺市 胖半 脏庄 腐府 肝干 肿中",
    "火": "炸乍 烧尧 爆暴 灯丁 烟因",
    "土": "地也 城成 场𠃓 坏不 坟文 垃立 圾及",
    "王": "环不 现见 珠朱 理里 玩元",
    "贝": "购勾 账长 赌者 贿有 赂各 败攵 贩反 赔咅 赃庄",
    "车": "轮仑 输俞 较交 轨九",
    "疒": "病丙 疫殳 癌嵒 症正 痛甬",
    "石": "矿广 破皮 砸匝 碰并",
    "酉": "醉卒 酥禾 酸夋",
    "米": "粮良 粉分 糖唐 粒立",
    "目": "睡垂 眼艮 盯丁",
    "衤": "补卜 被皮 裤库",
    "礻": "社土 福畐 祸呙 礼乚",
    "阝": "防方 阴月 阳日 院完 队人",
    "辶": "违韦 追𠂤 逃兆 退艮 过寸 这文 选先 逼畐 运云 达大",
    "弓": "张长 强虽 弹单 引丨",
    "古": "胡月 故攵",
    "其": "期月 欺欠",
    "禾": "税兑 种中 秘必 和口 私厶",
    "正": "政攵",
    "立": "站占 部阝",
    "广": "店占 府付 庄土",
}
"""First part → characters with their second part. Written from general knowledge of the script;
radicals that also stand as full characters are matched in both forms."""
_FULL_FORMS = {
    "氵": "水", "讠": "言", "钅": "金", "亻": "人", "扌": "手", "忄": "心", "纟": "丝",
    "饣": "食", "衤": "衣", "礻": "示",
}  # fmt: skip

FUNCTION_CHARACTERS = frozenset(
    "的一是不了在人有我他这个们来上为和到以说时要就出会可也你对而那得于着下之年过后里所然事多么去"
    "都同没起看还好些她前但因只从想与把已又将很最等或给再被让向由则却即且及其此"
)
"""What holds ordinary sentences together; hardly ever a disguise of something else."""
COMMON_CHARACTERS = FUNCTION_CHARACTERS | frozenset(
    "中大国地生能子自发作用道行家种成方经法学如现当动面定天分进小部主样理心本开实日军者意无力它长机"
    "十民第公工使情明性知全三关点正业外两高间问重并物手应战头文体政美相见利什二产新己制身果加西斯月"
    "话合回特代内信表化老世位次度门任常先海通教儿原东声提立比员解水名真论处走义各入几口认条平系气题"
    "活尔更别打女变四神总何电数安少报才结反受目太量感建务做接必场件计管期市直德资命山金指克许统区保"
    "至队形社便空决治展马科司五基眼书非听白界达光放强像难权思王象完设式色路记南品住告类求据程北边死"
    "张该交规万取拉格望觉术领共确传师观清今切院识候带导争运图志依保做练玩吗吧呢"
)
"""The usual characters of Chinese; any two of them meet by accident somewhere."""

_SHAPES = (
    "人入", "己已巳", "未末", "土士", "日曰", "千干于", "天夭", "戊戌戍", "治冶", "折拆", "崇祟",
    "候侯", "汩汨", "免兔", "贷货", "管菅", "微徽", "今令", "住往", "厂广", "市巿", "收攸",
)  # fmt: skip
_LATIN_SHAPES = {
    "a": "4@аα", "b": "8ьβ", "c": "с(", "e": "3еε€", "g": "9", "h": "һн", "i": "1!іι|", "k": "κк",
    "m": "м", "n": "п", "o": "0оο", "p": "рρ", "s": "5$ѕ", "t": "7т+", "u": "υ", "x": "хχ",
    "y": "у", "z": "2",
}  # fmt: skip

SHAPES: dict[int, str] = {ord(other): group[0] for group in _SHAPES for other in group[1:]}
"""Chinese look-alikes → one of each group."""
ALIKE = frozenset("".join(_SHAPES))
LATIN_SHAPES: dict[int, str] = {
    ord(other): letter for letter, others in _LATIN_SHAPES.items() for other in others
} | {ord("l"): "i"}
"""Digits, signs and letters of other scripts → the Latin letter they imitate; l and i are one."""


@dataclass(frozen=True, slots=True)
class Sounds:
    """How characters are read, one reading each (the most usual one)."""

    symbols: dict[int, str]
    """Code point → symbol of its syllable without tone."""
    tones: dict[str, str]
    """Character → its syllable with tone."""
    syllables: dict[str, str]
    """Syllable without tone → its symbol."""


@cache
def sounds() -> Sounds:
    """The table of all Chinese characters; built once, in a fifth of a second."""
    symbols: dict[int, str] = {}
    tones: dict[str, str] = {}
    syllables: dict[str, str] = {}
    for code, readings in pinyin_dict.items():
        if not 0x4E00 <= code <= 0x9FFF:
            continue
        reading = readings.split(",")[0]
        syllable = to_normal(reading).replace("ü", "v")
        symbol = syllables.setdefault(syllable, chr(_SYMBOLS_FROM + len(syllables)))
        symbols[code] = symbol
        tones[chr(code)] = to_tone3(reading)
    return Sounds(symbols, tones, syllables)


@lru_cache(maxsize=50_000)
def spelt(letters: str) -> tuple[str, ...] | None:
    """A run of Latin letters as pinyin syllables, longest first; None when it is no pinyin."""
    if not letters:
        return ()
    known = sounds().syllables
    for length in range(min(_LONGEST_SYLLABLE, len(letters)), 1, -1):
        if letters[:length] in known:
            rest = spelt(letters[length:])
            if rest is not None:
                return (letters[:length], *rest)
    return None


def readings(term: str) -> set[str]:
    """The symbols of a Chinese term: each character by itself, and as read in the phrase."""
    table = sounds()
    by_character = term.translate(table.symbols)
    in_phrase = [
        table.syllables.get(syllable.replace("ü", "v"), "")
        for syllable in lazy_pinyin(term, style=Style.NORMAL)
    ]
    phrase = "".join(in_phrase)
    return {by_character, phrase} if len(phrase) == len(term) else {by_character}


def initial(character: str) -> str:
    """The Latin letter with which the reading of a Chinese character begins; empty when unknown."""
    return sounds().tones.get(character, "")[:1]


@cache
def _splits() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for part, entries in _PARTS.items():
        for entry in entries.split():
            forms = [part, _FULL_FORMS.get(part, part)]
            found[entry[0]] = tuple(dict.fromkeys(form + entry[1:] for form in forms))
    return found


def splits(character: str) -> tuple[str, ...]:
    """The ways in which a character is written as its parts: 湖 → 氵胡, 水胡."""
    return tuple(pair for pair in _splits().get(character, ()) if len(pair) == 2)
