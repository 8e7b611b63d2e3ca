"""What looks like, or is read as, another character: variants, shapes, letters, pictures.

All tables speak of folded text (`pipeline.normalise`). Japanese forms come from OpenCC;
the rest is written from general knowledge of the script. Sounds are in `pipeline.sounds`, the parts
of characters in `pipeline.parts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from opencc import OpenCC

FUNCTION_CHARACTERS = frozenset(
    "的一是不了在人有我他这个们来上为和到以说时要就出会可也你对而那得于着下之年过后里所然事多么去"
    "都同没起看还好些她前但因只从想与把已又将很最等或给再被让向由则却即且及其此二三四五六七八九十两"
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
    "人入八", "己已巳", "未末", "土士", "日曰", "千干于", "天夭", "戊戌戍", "治冶", "折拆", "崇祟",
    "候侯", "免兔", "贷货", "管菅", "微徽", "今令", "住往", "厂广", "收攸", "商啇", "工土士",
    "品晶",
    "食良", "业亚", "体休", "金全", "江汪", "米来", "苗茁茵", "园囩圆", "传悄", "问间", "大太犬",
    "木本术", "王玉主", "乌鸟", "名各", "白自", "目且", "田由甲申", "刀力", "北比", "代伐", "处外",
    "见贝", "公分", "元无", "牛午", "车东", "历厉", "句旬", "司可", "向问", "早旱", "阴明", "查杳",
    "酒洒", "泪汩", "晴睛", "幻幼", "仓仑", "风凤", "卖买", "农衣", "斤斥", "氏民", "毫亳", "茶荼",
    "壶壸", "析折", "抱拘", "祖租", "税说", "浙淅", "部陪", "弦弘", "狼狠", "侵浸",
)  # fmt: skip
"""Characters that look alike; each group by itself, a character may be in several."""

_LATIN_SHAPES = {
    "a": "4@", "b": "8", "c": "(", "e": "3€", "g": "9", "i": "1!|", "o": "0", "s": "5$", "t": "7+",
    "z": "2",
}  # fmt: skip
_FOREIGN_SHAPES = {
    "a": "аα", "b": "вьβ", "c": "сϲ", "d": "ԁ", "e": "еεє", "g": "ɡ", "h": "һнη", "i": "іιɩı",
    "j": "ј", "k": "κк", "m": "м", "n": "пν", "o": "оοσ", "p": "рρ", "q": "ԛ", "r": "гя", "s": "ѕ",
    "t": "тτ", "u": "υц", "v": "ѵ", "w": "шωԝ", "x": "хχ", "y": "уγү", "z": "ᴢ",
}  # fmt: skip
"""Letters of other scripts that are taken for Latin ones, in lower case as folding leaves them."""
LEET: dict[str, str] = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b",
    "9": "gq", "@": "a", "$": "s", "!": "i", "|": "il", "€": "e",
}  # fmt: skip
"""Digit or sign → the letters that it may imitate."""
LATIN_SHAPES: dict[int, str] = {
    ord(other): letter for letter, others in _LATIN_SHAPES.items() for other in others
} | {ord("l"): "i"}
"""Digits and signs → the Latin letter they imitate; l and i are one."""

_VARIANTS = (
    "囯国 夲本 罸罚 欵款 岀出 巿市 喰食 哋地 埊地 亱夜 汙污 飡餐 擧举 挙举 羣群 釒金 塲场 畄苗 "
    "汏大 笁工 囻国 圀国 恠怪 侭尽 咊和 戓或 嗰个 軆体 仧长 甴由 夶比 亽今 尐少 亼集 玍尕 氺水 "
    "罓网 菿到 冇没 佲名 焽热 凁速 絠有 莪我 沵你 祢你 迩尔 誰谁 湜是 卟不 吥不 洧有 伱你 恏好 "
    "侽男 囡女 壹一 贰二 叁三 肆四 伍五 陆六 柒七 捌八 玖九 拾十 佰百 仟千 零〇 幺一 弌一 弍二 "
    "弎三 仃停 氿酒 歺餐 迠建 伩信 宊家 亍街 エ工 ロ口 ニ二 ハ八 カ力 タ夕 ト卜 チ千 ミ三 ヒ匕 囗口"
)
"""Variant → what it is a variant of; the numerals of cheques and katakana like 工 among them."""

_EMOJI = (
    "🏃跑 💰钱 💵钱 💴钱 💸钱 🤑钱 🛢油 ⛽油 🚗车 🚘车 🚙车 🚕车 🚌车 💊药 💉针 🏫校 🍚米 🌾米 "
    "🍜面 💀死 ☠毒 🐟鱼 🐠鱼 🐮牛 🐄牛 🐂牛 ☎电话 📞电话 📱手机 🐴马 🐎马 🏠房 🏡房 🏘房 🏥医院 "
    "🏦银行 🔥火 🐶狗 🐕狗 🐷猪 🐖猪 🐔鸡 🐓鸡 🐑羊 🐏羊 🦆鸭 🐍蛇 🐯虎 🐅虎 🐭鼠 🐀鼠 🐇兔 🐰兔 "
    "🐲龙 🐉龙 🐒猴 🐵猴 👮警 🚓警 🚨警 🍷酒 🍺酒 🍻酒 🍶酒 🥛奶 🍼奶 🍵茶 💧水 🌊水 🚰水 ⚡电 "
    "🔌电 ☀日 🌞日 🌙月 ⭐星 ✈机 🚄高铁 🚇地铁 🌉桥 👄嘴 👁眼 👀看 👂耳 ✋手 🖐手 👊拳 🦶脚 "
    "❤心 💔心 🧠脑 🩸血 🔪刀 🔫枪 💣炸弹 💥爆 🚬烟 🍬糖 🍭糖 🧂盐 🥚蛋 🍖肉 🥩肉 🍎苹果 🍉瓜 "
    "🥬菜 🎓学 📚书 📖书 ✏笔 🔒锁 🔑钥 🚪门 🛏床 👶婴 👧女 👦男 👴老 🈲禁 ❌不 🚫禁 ✅是 💩屎 "
    "👻鬼 🌱苗 🌳树 🌸花 🌹花 🌧雨 ❄雪 🏮灯 💡灯 🔔铃 ⚖法 🧱砖 🗑垃圾 🎰赌 🎲赌 🀄赌"
)
"""What a picture is read as where it stands for characters."""

DIGITS = "零一二三四五六七八九"


def _variants() -> dict[int, str]:
    """Variants and foreign letters → what they are read as."""
    table = {ord(pair[0]): pair[1] for pair in _VARIANTS.split()}
    for letter, others in _FOREIGN_SHAPES.items():
        table |= {ord(other): letter for other in others}
    to_traditional, to_simple = OpenCC("jp2t").convert, OpenCC("t2s").convert
    rare = [chr(code) for code in range(0x4E00, 0xA000) if not is_usual(chr(code))]
    read = to_simple("\n".join(to_traditional("\n".join(rare)).split("\n")))
    for char, plain in zip(rare, read.split("\n"), strict=True):
        if len(plain) == 1 and plain != char:
            table.setdefault(ord(char), plain)
    return table


@cache
def is_usual(char: str) -> bool:
    """A character of the standard of 1980, which holds what simplified writing uses."""
    try:
        return bool(char.encode("gb2312"))
    except UnicodeEncodeError:
        return False


@cache
def is_rare(char: str) -> bool:
    """A character beyond the first level of that standard, its 3,755 most used ones."""
    return char.encode("gb2312", "replace") >= b"\xd8" or not is_usual(char)


VARIANTS: dict[int, str] = _variants()
EMOJI: dict[str, str] = {pair[0]: pair[1:].strip("\u200d\ufe0f") for pair in _EMOJI.split()}


def _alike() -> Mapping[str, str]:
    alike: dict[str, str] = {}
    for group in _SHAPES:
        for char in group:
            alike[char] = alike.get(char, "") + group.replace(char, "")
    return alike


ALIKE: Mapping[str, str] = _alike()
"""Character → those that look like it."""
