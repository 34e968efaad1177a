from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from crm.demo.build import build_bank
from customers.models import Customer
from maintenance.daily.runs import run_until
from organization import clock


class Command(BaseCommand):
    help = "在空库中建立演示银行：一家支行及网点、各岗位人员、客户与一年的维护历史"

    def add_arguments(self, parser):
        parser.add_argument("--customers", type=int, default=2000)
        parser.add_argument("--staff", type=int, default=6, help="客户经理人数")
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *, customers, staff, seed, **options):
        if settings.PRODUCTION:
            raise CommandError("生产环境不装演示数据。")
        if Customer.objects.exists():
            raise CommandError("库中已有客户，演示数据只能装入空库。")
        today = clock.today()
        with transaction.atomic():
            build_bank(customers=customers, staff=staff, seed=seed, today=today, say=self._say)
        self._say("今日批处理")
        run_until(today)
        self._say("演示数据已就绪")

    def _say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()
