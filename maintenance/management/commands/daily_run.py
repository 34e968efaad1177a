from datetime import date

from django.core.management.base import BaseCommand, CommandError, CommandParser

from maintenance.daily.runs import RunStopped, run_until
from maintenance.enums import RunStepName
from maintenance.models import DailyRun, RunStep
from organization import clock


class Command(BaseCommand):
    help = "执行每日批处理：到指定日期为止尚未完成的每个业务日期，依次补齐；已完成的日期再执行一次，结果不变"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=_day, help="业务日期，如 2026-11-23；不填为今天")
        parser.add_argument("--shards", type=_count, help="新建批处理的分片数；不填按参数")

    def handle(self, *, date, shards, **options) -> None:
        day = date or clock.today()
        if day > clock.today():
            self.stderr.write(f"注意：{day}还没有到，将提前生成这一天为止的任务。")
        try:
            runs = run_until(day, shards=shards)
        except RunStopped as error:
            raise CommandError(str(error)) from None
        for run in runs:
            self._print(run)

    def _print(self, run: DailyRun) -> None:
        self.stdout.write(f"\n{run.business_date}  {run.get_state_display()}")
        self.stdout.write(f"  {'步骤':<24}{'分片':>4}{'行数':>10}{'秒':>10}")
        for name in RunStepName:
            steps = list(run.steps.filter(step=name))
            rows, seconds = sum(step.rows for step in steps), sum(_seconds(step) for step in steps)
            self.stdout.write(f"  {name.label:<24}{len(steps):>4}{rows:>10}{seconds:>10.2f}")


def _seconds(step: RunStep) -> float:
    if not (step.started_at and step.finished_at):
        return 0
    return (step.finished_at - step.started_at).total_seconds()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"日期“{text}”无法识别，应如 2026-11-23") from None


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise CommandError("分片数应是1至1000的整数")
    return int(text)
