import socket

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from crm.demo.staff import demo_password
from customers.models import Customer
from organization.enums import Role
from organization.models import Staff


class Command(BaseCommand):
    help = "空库装入演示数据（demo 或 berka），并打印地址与各岗位演示账号；再次运行只打印"

    def add_arguments(self, parser):
        parser.add_argument("--data", choices=("demo", "berka", "none"), default="demo")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, data, port, **options):
        if _is_taken(port):
            raise CommandError(f"端口{port}已被占用，请先停止占用它的程序，或换一个端口：make run PORT={port + 1}")
        if not settings.PRODUCTION and data != "none" and not Customer.objects.exists():
            if data == "demo":
                call_command("seed_demo", stdout=self.stdout)
            else:
                call_command("load_berka", str(settings.BERKA_DIR), password=demo_password(), stdout=self.stdout)
        self.stdout.write(f"\n  地址：http://127.0.0.1:{port}/\n")
        if not settings.PRODUCTION:
            self._print_accounts()

    def _print_accounts(self) -> None:
        self.stdout.write("  演示账号（密码相同）：")
        for role in Role:
            staff = Staff.objects.filter(role=role, is_active=True).order_by("employee_no").first()
            if staff:
                self.stdout.write(f"    {staff.employee_no:<10} {role.label}  {staff.name}（{staff.unit}）")
        self.stdout.write(f"  密码：{demo_password()}\n\n")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
