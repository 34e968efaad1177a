"""Dated parameters of the organization, with what they ship as."""

from organization.parameters import declare

PASSWORD_MAX_AGE_DAYS = declare(
    "password_max_age_days", 90, label="密码最长使用天数（0为不限）", source="GB/T 22239-2019 8.1.4.1（等保三级）"
)
MAX_SESSIONS = declare(
    "max_sessions", 2, label="同一员工最多同时登录数（0为不限）", source="GB/T 22239-2019 8.1.4.1（等保三级）"
)
COVER_MAX_DAYS = declare("cover_max_days", 180, label="一次代班最长天数", source="项目默认值")
