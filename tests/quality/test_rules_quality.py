"""How well facts are compared and disguises seen, on cases of our own, with floors.

A case of the facts is a text and what is to be found in it: (element, kind). All is invented.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from alerts.rules.keyword import compile_rules
from pipeline.claims.facts import FactIndex
from pipeline.model import AnyOf, Fact, FactElement, Rule

AT = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)

FACTS = (
    Fact(
        "fee-old",
        "自2023年1月1日起，企业开办5个工作日内办结。",
        subjects=("企业开办", "开办企业", "注册公司"),
        elements=(
            FactElement("limit", "duration", "5个工作日", cues=("办结", "办好", "拿到执照")),
        ),
        effective_from=date(2023, 1, 1),
        effective_to=date(2025, 12, 31),
    ),
    Fact(
        "fee",
        "自2026年1月1日起，全市企业开办免收工本费，3个工作日内办结。",
        subjects=("企业开办", "开办企业", "注册公司"),
        elements=(
            FactElement("fee", "amount", "0元", cues=("工本费", "收费", "费用")),
            FactElement("limit", "duration", "3个工作日", cues=("办结", "办好", "拿到执照")),
            FactElement("start", "date", "2026-01-01"),
            FactElement("scope", "phrase", "全市", cues=("免收", "办理")),
        ),
        effective_from=date(2026, 1, 1),
        supersedes="fee-old",
    ),
    Fact(
        "market",
        "滨江夜市每日17:30开市、23:30闭市，设固定摊位126个。",
        subjects=("滨江夜市",),
        elements=(
            FactElement("open", "date", "17:30", cues=("开市", "出摊")),
            FactElement("close", "date", "23:30", cues=("闭市", "收摊", "关门")),
            FactElement("stalls", "count", "126个", cues=("摊位",)),
        ),
        effective_from=date(2025, 5, 1),
    ),
    Fact(
        "sampling",
        "2025年全市食品安全抽检不合格率为1.2%。",
        subjects=("食品安全抽检", "食品抽检"),
        elements=(FactElement("rate", "percentage", "1.2%", cues=("不合格率", "不合格")),),
        effective_from=date(2026, 1, 1),
    ),
    Fact(
        "scales",
        "集贸市场经营者必须使用检定合格的电子秤，公平秤免费使用。",
        subjects=("电子秤检定",),
        elements=(
            FactElement("duty", "modality", "必须", cues=("检定",)),
            FactElement("period", "duration", "1年", cues=("周期", "有效期")),
        ),
        effective_from=date(2025, 1, 1),
    ),
    Fact(
        "reward",
        "举报食品安全违法行为，最高奖励100万元，15个工作日内答复；仅受理实名举报不作要求。",
        subjects=("食品安全举报", "举报奖励"),
        elements=(
            FactElement("top", "amount", "100万元", cues=("最高", "奖励上限")),
            FactElement("answer", "duration", "15个工作日", cues=("答复", "回复")),
        ),
        effective_from=date(2025, 1, 1),
    ),
    Fact(
        "report",
        "2025年度报告公示截止2026年6月30日。",
        subjects=("年报公示", "年度报告公示"),
        elements=(FactElement("deadline", "date", "2026-06-30", cues=("截止", "期限", "之前")),),
        effective_from=date(2026, 1, 1),
    ),
    Fact(
        "lift",
        "电梯困人救援，维保人员应在30分钟内到场。",
        subjects=("电梯困人",),
        elements=(FactElement("arrive", "duration", "30分钟", cues=("到场", "赶到")),),
        effective_from=date(2025, 1, 1),
    ),
)

Expected = set[tuple[str, str]]
CASES: tuple[tuple[str, Expected], ...] = (
    # fees
    ("在临江注册公司要交200元工本费。", {("fee", "conflict")}),
    ("听说现在开办企业收费两百块钱。", {("fee", "conflict")}),
    ("注册公司还要交工本费！", {("fee", "conflict")}),
    ("注册公司的工本费涨到100-200元。", {("fee", "conflict")}),
    ("开办企业，工本费200多元一份。", {("fee", "conflict")}),
    ("注冊公司需繳納工本費３００元。", {("fee", "conflict")}),
    ("企业开办免收工本费。", {("fee", "consistent")}),
    ("注册公司不收任何费用，工本费全免。", {("fee", "consistent")}),
    ("注册公司工本费零元。", {("fee", "consistent")}),
    ("注册公司不需要交工本费。", set()),
    ("注册公司要交200元工本费吗？", set()),
    ("请问注册公司的工本费是多少", set()),
    ("我觉得注册公司收200元工本费也合理。", set()),
    ("网传注册公司要交200元工本费，系谣言。", set()),
    ("有人称注册公司要交200元工本费。该说法不实，请勿轻信。", set()),
    ("如果注册公司要交200元工本费，我就不办了。", set()),
    ("外地注册公司要交200元工本费。", set()),
    ("中介代办注册公司的费用是800元。", set()),
    ("注册公司之后，他花2000元买了一台打印机。", set()),
    ("注册公司送了一本书，书价30元。", set()),
    ("以前注册公司要交200元工本费。", set()),
    ("办一张健康证要200元工本费。", set()),
    # limits and succession
    ("注册公司要10个工作日才办结。", {("limit", "conflict")}),
    ("注册公司3天就能办好。", {("limit", "conflict")}),
    ("开办企业三个工作日内办结。", {("limit", "consistent")}),
    ("注册公司5个工作日办结。", {("limit", "outdated")}),
    ("企业开办由5个工作日压缩至3个工作日办结。", {("limit", "consistent")}),
    ("企业开办原来5个工作日办结，现在3个工作日办结。", {("limit", "consistent")}),
    ("2024年注册公司5个工作日办结。", set()),
    ("注册公司提速。网上提交后半个月才拿到执照。", {("limit", "conflict")}),
    ("注册公司这事拖了两个月，昨天才去窗口。", set()),
    ("注册公司免收工本费，10个工作日办结。", {("fee", "consistent"), ("limit", "conflict")}),
    # start and scope
    ("企业开办新规自2026年1月1日起施行。", {("start", "consistent")}),
    ("企业开办新规自2026年7月1日起施行。", {("start", "conflict")}),
    ("3月2日，市民刘女士去注册公司。", set()),
    ("企业开办仅限市区免收工本费。", {("fee", "consistent"), ("scope", "conflict")}),
    ("全市企业开办免收工本费。", {("fee", "consistent"), ("scope", "consistent")}),
    # times and counts
    ("滨江夜市晚上十点就收摊了。", {("close", "conflict")}),
    ("滨江夜市23:30闭市。", {("close", "consistent")}),
    ("滨江夜市晚上11点半关门。", {("close", "consistent")}),
    ("滨江夜市17:30开市，22:00闭市。", {("open", "consistent"), ("close", "conflict")}),
    ("滨江夜市下午5点半出摊。", {("open", "consistent")}),
    ("滨江夜市只剩60个摊位。", {("stalls", "conflict")}),
    ("滨江夜市的摊位有一百二十六个。", {("stalls", "consistent")}),
    ("滨江夜市人山人海，来了3000人。", set()),
    ("昨晚10点我在滨江夜市吃烧烤。", set()),
    ("滨江夜市几点关门？", set()),
    ("东湖夜市22:00闭市。", set()),
    ("滨江夜市原来摊位有80个，现在是126个。", {("stalls", "consistent")}),
    # shares
    ("食品抽检不合格率高达12%。", {("rate", "conflict")}),
    ("临江食品安全抽检，不合格率百分之十二！", {("rate", "conflict")}),
    ("食品抽检不合格率为1.2%。", {("rate", "consistent")}),
    ("食品抽检不合格率一成。", {("rate", "conflict")}),
    ("食品抽检不合格率百分之一点二。", {("rate", "consistent")}),
    ("食品抽检覆盖率达98%。", set()),
    ("建议食品抽检不合格率超过5%就停业。", set()),
    # modality
    ("电子秤检定可以不做。", {("duty", "conflict")}),
    ("电子秤检定必须按时做。", {("duty", "consistent")}),
    ("电子秤检定周期为两年。", {("period", "conflict")}),
    ("电子秤检定有效期12个月。", {("period", "consistent")}),
    # rewards, deadlines, arrival
    ("举报奖励最高只有10万元。", {("top", "conflict")}),
    ("举报奖励最高一百万元。", {("top", "consistent")}),
    ("举报奖励最高1,000,000元。", {("top", "consistent")}),
    ("食品安全举报后，60个工作日才答复。", {("answer", "conflict")}),
    ("年报公示截止5月31日。", {("deadline", "conflict")}),
    ("年报公示截止2026年6月30日。", {("deadline", "consistent")}),
    ("年报公示期限到6月30日。", {("deadline", "consistent")}),
    ("电梯困人后，维保人员一个半小时才赶到。", {("arrive", "conflict")}),
    ("电梯困人，维保人员半小时内到场。", {("arrive", "consistent")}),
    ("电梯困人，里面有3名学生，被困40分钟。", set()),
)  # fmt: skip


def test_facts_are_compared_well() -> None:
    index = FactIndex(FACTS)
    right = found = wanted = 0
    missed = []
    for text, expected in CASES:
        got = {(each.element, each.kind) for each in index.compare("", text, at=AT)}
        right += len(got & expected)
        found += len(got)
        wanted += len(expected)
        if got != expected:
            missed.append(f"{text} {sorted(got)} instead of {sorted(expected)}")
    report = "\n".join([f"precision {right / found:.3f}, recall {right / wanted:.3f}", *missed])
    assert len(CASES) >= 60
    assert right / found >= 0.95, report
    assert right / wanted >= 0.95, report


DISGUISED = (
    ("工商局", "工*商*局要来了"), ("工商局", "gong商局来人"), ("工商局", "公伤局来人"),
    ("工商局", "工 商 局 来人"), ("工商局", "工😀商😀局"), ("营业执照", "营业执zhao"),
    ("营业执照", "营页执照"), ("市场监管局", "市场监官局"), ("市场监管局", "市.场.监.管.局"),
    ("食品安全", "食 品 安 全"), ("食品安全", "食品安荃"), ("收费", "收fei"), ("收费", "shou费"),
    ("罚款", "罚*款"), ("罚款", "罚🈲款"), ("太湖大桥", "太氵胡大木乔"), ("工本费", "工夲费"),
    ("个体户", "个体沪"), ("派出所", "派出suo"), ("fraud", "fr4ud"), ("fraud", "f.r.a.u.d"),
    ("跑路", "跑_路"), ("夜市关停", "夜市关亭"), ("夜市关停", "夜-市-关-停"), ("塑料大米", "塑料大咪"),
    ("工商局", "G商局"), ("保证金", "保zheng金"), ("服务费", "服·务·费"), ("食堂", "食*堂"),
)  # fmt: skip
ORDINARY = (
    "税收，费用，罚金，款项。", "税收 费用 明细", "回收废品，收肥料。", "工商 局长会议", "去工伤局办事",
    "凭登机证登机", "我们收人民币", "Women can run a company.", "保证 金额无误", "服务 费用",
    "他在食堂吃饭的时候，堂哥来了。", "个体 户外运动", "营业，执照相机拍照。", "食品、安全、卫生",
    "夜市，关于停车", "派出 所有人员", "工厂、商场、局部", "跑步的路上", "塑料、大米、油", "所长派出车辆",
    "市场，监督，管理，局势", "1. 罚 2. 款", "A股大跌", "手机收件费时", "请收废旧家电", "这个工序本来费时",
    "食用油、堂食", "每天都是好天气，适时适度", "全部不会，部长不在", "保险证明，金融服务，费心了",
)  # fmt: skip


def test_disguises_are_seen_and_ordinary_text_is_left_alone() -> None:
    terms = sorted({term for term, _ in DISGUISED})
    rules = compile_rules(
        [Rule(term, condition=AnyOf((term,)), spelling="evasive") for term in terms]
    )
    seen = [term in {hit.rule for hit in rules.match("", text)} for term, text in DISGUISED]
    false = [
        (text, hit.rule, hit.spans)
        for text in ORDINARY
        for hit in rules.match("", text)
        if hit.rule not in text
    ]
    unseen = [case for case, ok in zip(DISGUISED, seen, strict=True) if not ok]
    assert false == []
    assert sum(seen) / len(seen) >= 0.9, unseen
