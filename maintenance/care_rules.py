"""Whose festivals are greeted, as shipped (DOMAIN 8.3, 8.5, 8.6). Administrators change the rows; nothing is overwritten.

One touch per festival: of several days of one feast (小年 in north and south, 除夕 and 春节) only one is switched on.
清明 and 中元 are no days for good wishes and are off.
"""

from typing import Any

from almanac.festivals import FESTIVALS
from customers.enums import Channel, Occupation, Sex, Tier

_SHIPPED: dict[str, dict[str, Any]] = {
    "new_year": {"min_tier": Tier.PLATINUM, "suggestion": "新年问候，回顾一年资产情况，预约新年规划"},
    "laba": {"min_tier": Tier.PRIVATE, "suggestion": "送上腊八问候"},
    "xiaonian_north": {"is_active": False, "min_tier": Tier.PLATINUM, "suggestion": "送上小年问候（北方）"},
    "xiaonian_south": {"is_active": False, "min_tier": Tier.PLATINUM, "suggestion": "送上小年问候（南方）"},
    "chuxi": {"is_active": False, "min_tier": Tier.DIAMOND, "suggestion": "除夕团圆问候"},
    "chunjie": {"lead_days": 7, "suggestion": "新春祝福，告知春节期间营业安排"},
    "yuanxiao": {"min_tier": Tier.DIAMOND, "suggestion": "送上元宵问候"},
    "qingming": {"is_active": False, "lead_days": 2, "suggestion": "只提示出行安全和营业时间，不用“快乐”"},
    "labour_day": {"is_active": False, "min_tier": Tier.PLATINUM, "suggestion": "节日问候，告知营业安排"},
    "duanwu": {"suggestion": "送上“端午安康”的问候"},
    "qixi": {"is_active": False, "min_tier": Tier.DIAMOND, "suggestion": "送上七夕问候"},
    "zhongyuan": {"is_active": False, "min_tier": Tier.PRIVATE, "suggestion": "不作节日问候"},
    "zhongqiu": {"lead_days": 5, "suggestion": "中秋团圆问候，可登记月饼礼券领取"},
    "chongyang": {"min_age": 60, "suggestion": "向长者致以重阳问候，留意身体情况"},
    "national_day": {"is_active": False, "min_tier": Tier.PLATINUM, "suggestion": "国庆问候，告知营业安排"},
    "dongzhi": {"min_tier": Tier.DIAMOND, "suggestion": "冬至问候，提醒添衣保暖"},
    "police_day": {"occupations": [Occupation.POLICE], "suggestion": "向人民警察致以节日问候"},
    "valentines_day": {"is_active": False, "min_tier": Tier.DIAMOND, "suggestion": "情人节问候"},
    "womens_day": {"sex": Sex.FEMALE, "suggestion": "女神节问候，可邀约女性客户沙龙"},
    "youth_day": {"min_age": 14, "max_age": 28, "suggestion": "青年节问候"},
    "mothers_day": {"sex": Sex.FEMALE, "is_for_parents": True, "suggestion": "祝母亲节快乐"},
    "nurses_day": {"occupations": [Occupation.NURSE], "suggestion": "向护士致以节日问候"},
    "science_workers_day": {"occupations": [Occupation.SCIENTIST], "suggestion": "向科技工作者致以节日问候"},
    "childrens_day": {"child_under": 14, "suggestion": "祝孩子节日快乐，可邀约亲子活动"},
    "fathers_day": {"sex": Sex.MALE, "is_for_parents": True, "suggestion": "祝父亲节快乐"},
    "party_founding_day": {"is_for_party_members": True, "suggestion": "向党员客户致以问候"},
    "army_day": {"is_for_veterans": True, "suggestion": "向军人和退役军人致敬"},
    "doctors_day": {"occupations": [Occupation.DOCTOR], "suggestion": "向医师致以节日问候"},
    "teachers_day": {"occupations": [Occupation.TEACHER], "suggestion": "祝教师节快乐"},
    "farmers_harvest": {"occupations": [Occupation.FARMER], "suggestion": "祝丰收节快乐，问候收成"},
    "postal_day": {"occupations": [Occupation.POSTAL], "suggestion": "向邮政职工致以问候"},
    "sanitation_workers_day": {"occupations": [Occupation.SANITATION], "suggestion": "向环卫工人致以节日问候"},
    "journalists_day": {"occupations": [Occupation.JOURNALIST], "suggestion": "记者节问候"},
    "firefighters_day": {"occupations": [Occupation.FIREFIGHTER], "suggestion": "向消防员致以节日问候"},
}
_ORDINARY: dict[str, Any] = {"lead_days": 3, "channel": Channel.WECOM, "min_tier": Tier.GOLD}


def load_shipped() -> None:
    """Add the rules of occasions that have none yet."""
    from maintenance.models import CareRule

    known = set(CareRule.objects.values_list("occasion", flat=True))
    CareRule.objects.bulk_create(
        [
            CareRule(occasion=code, name=name, **_ORDINARY | _SHIPPED.get(code, {"is_active": False}))
            for code, name in FESTIVALS.items()
            if code not in known
        ],
        ignore_conflicts=True,
    )
