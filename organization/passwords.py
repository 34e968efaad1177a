"""The bank's own password rule on top of Django's (等保三级: three of four kinds of characters)."""

import string
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

# What each rule asks for, in our words: the framework's own are put together from several translations.
_WORDS = {
    "MinimumLengthValidator": "至少{min_length}个字符",
    "CharacterKindsValidator": "大写字母、小写字母、数字、符号四类中至少含{kinds}类",
    "UserAttributeSimilarityValidator": "不能与姓名、员工号或邮箱相近",
    "CommonPasswordValidator": "不能是常见的简单密码",
    "UniquePasswordsValidator": "不能与最近{last_passwords}次用过的密码相同",
}


def password_rules() -> list[str]:
    """The rules in force, one line each."""
    configured: Any = settings.AUTH_PASSWORD_VALIDATORS
    found = {rule["NAME"].rpartition(".")[2]: rule.get("OPTIONS", {}) for rule in configured}
    return [words.format(**found[name]) for name, words in _WORDS.items() if name in found]


class CharacterKindsValidator:
    def __init__(self, kinds: int = 3):
        self.kinds = kinds

    def validate(self, password: str, user=None) -> None:
        present = (
            any(c.islower() for c in password),
            any(c.isupper() for c in password),
            any(c.isdigit() for c in password),
            any(c in string.punctuation or not c.isalnum() for c in password),
        )
        if sum(present) < self.kinds:
            raise ValidationError(self.get_help_text(), code="too_few_kinds")

    def get_help_text(self) -> str:
        return f"密码须包含大写字母、小写字母、数字、符号中的至少{self.kinds}种。"
