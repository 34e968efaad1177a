"""A year of dealings with a demo customer: calls and meetings at about the agreed beat, with what was said."""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from almanac.workdays import previous_workday
from customers.beats import Interval
from customers.enums import Channel
from maintenance.enums import ContactOutcome, Direction

SHANGHAI = ZoneInfo("Asia/Shanghai")
TALK = {
    Channel.PHONE: (
        "介绍近期存款利率安排，客户表示下月有一笔到期资金，届时再商量。",
        "回访上次购买的理财，客户对收益满意，询问同类产品。",
        "电话问候，客户近期在外地看望子女，月底回来。",
        "提醒客户更新身份证件有效期，约定下周到网点办理。",
        "沟通养老金账户缴存，客户希望了解税收优惠。",
        "客户询问国债发行时间，已告知并记录需求。",
        "提示谨防诈骗电话，客户表示感谢。",
        "",
    ),
    Channel.MEETING: (
        "客户到网点办理转存，一并做了资产配置回顾，建议增加流动性安排。",
        "上门拜访，了解到客户子女明年留学，有外汇和教育金需求。",
        "与客户夫妇面谈，梳理家庭保障缺口，约定两周后给出建议。",
        "参加客户答谢座谈，客户对贵宾服务评价较好。",
        "陪同客户完成风险测评更新。",
    ),
    Channel.WECOM: ("发送本周财经要闻摘要。", "推送到期提醒，客户回复已知悉。", "节日问候。"),
}
_OUTCOMES = {
    Channel.PHONE: (
        (ContactOutcome.REACHED, 60), (ContactOutcome.INTERESTED, 12), (ContactOutcome.DEAL, 4),
        (ContactOutcome.CALL_BACK, 8), (ContactOutcome.NO_ANSWER, 16),
    ),
    Channel.MEETING: ((ContactOutcome.REACHED, 70), (ContactOutcome.INTERESTED, 20), (ContactOutcome.DEAL, 10)),
    Channel.WECOM: ((ContactOutcome.SENT, 90), (ContactOutcome.INTERESTED, 10)),
}  # fmt: skip


def dealings(random: Random, beats: dict[Channel, Interval], today: date, days: int = 400):
    """(channel, direction, outcome, moment, note) of the last `days`, oldest first; the last one of each beat lies so that
    about one customer in eight is due now and a few are late."""
    found = []
    for channel, beat in beats.items():
        length = beat.weeks * 7 + beat.months * 30
        if not length:
            continue
        day = today - timedelta(days=max(1, round(length * random.uniform(0.02, 1.03))))
        while day > today - timedelta(days=days):
            found.append((channel, day))
            day -= timedelta(days=max(3, round(length * random.uniform(0.75, 1.05))))
    found += [(Channel.WECOM, today - timedelta(days=random.randint(1, days))) for _ in range(random.randint(0, 4))]
    found.sort(key=lambda pair: pair[1])
    newest = dict(found)
    for channel, day in found:
        yield _dealing(random, channel, previous_workday(day + timedelta(days=1)), is_newest=newest[channel] == day)


def _dealing(random: Random, channel: Channel, day: date, *, is_newest: bool):
    outcomes = _OUTCOMES[channel]
    if is_newest:  # who did not answer last time would be late ever since
        outcomes = [pair for pair in outcomes if pair[0] != ContactOutcome.NO_ANSWER]
    outcome = random.choices([o for o, _ in outcomes], [w for _, w in outcomes])[0]
    moment = datetime.combine(day, time(random.choice((9, 10, 11, 14, 15, 16)), random.randrange(60)), SHANGHAI)
    direction = Direction.INBOUND if random.random() < 0.12 and channel != Channel.WECOM else Direction.OUTBOUND
    note = "" if outcome == ContactOutcome.NO_ANSWER else random.choice(TALK[channel])
    return channel, direction, outcome, moment, note
