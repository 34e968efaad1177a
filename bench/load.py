"""Fill an empty PostgreSQL database with a bank of N customers, written by the server itself (generate_series).

400 customers to an RM, 10 RMs to an outlet, 25 outlets to a branch: the head of a branch sees 100,000 customers.
Identifiers are encrypted per row and so are written by Python, for the customers of the measured RM only.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from bench.database import trust_keys
from customers.enums import ProductCategory
from customers.models import Customer, Product
from customers.services.archive import rebuild_search_keys
from customers.services.identifiers import set_identifiers
from maintenance.models import ContactRecord
from maintenance.services.beats import recompute_beats
from organization.enums import Role, UnitKind
from organization.models import Staff, Unit

CUSTOMERS_PER_RM = 400
RMS_PER_OUTLET = 10
OUTLETS_PER_BRANCH = 25
CONTACTS_PER_CUSTOMER = 10
LONG_HISTORY = 1000
MEASURED_MOBILE = "13900000123"
# Beats are planned as of a day on which no window is open, so that all of them wait for the measured run.
_QUIET_DAYS_BEFORE = 400

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
_SURNAME_PINYIN = "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he gao lin luo".split()
_GIVEN_PINYIN = "wei fang na min jing li qiang lei jun yang yong yan jie juan tao ming chao xiu xia ping".split()


@dataclass(frozen=True)
class Bank:
    """What was loaded, and the people the measurements sign in as."""

    customers: int
    staff: int
    contacts: int
    rm: Staff
    branch_head: Staff
    short_history: Customer
    long_history: Customer


def load(customers: int, today: date) -> None:
    rms = -(-customers // CUSTOMERS_PER_RM)
    with transaction.atomic():
        _units_and_staff(rms)
        product = Product.objects.create(code="B001", name="活期储蓄", category=ProductCategory.DEMAND_DEPOSIT)
        term = Product.objects.create(code="B002", name="一年期定期", category=ProductCategory.TERM_DEPOSIT)
        with connection.cursor() as cursor:
            cursor.execute("SELECT setseed(0.42)")
            trust_keys()
            for statement, parameters in _statements(customers, today, product.pk, term.pk):
                cursor.execute(statement, parameters)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    rm = Staff.objects.filter(role=Role.RELATIONSHIP_MANAGER).order_by("pk").first()
    _identify(rm)
    _lengthen_history(_customers_of(rm)[1])
    everybody = Customer.objects.unscoped("bench").values_list("pk", flat=True)
    recompute_beats(everybody, on=today - timedelta(days=_QUIET_DAYS_BEFORE))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def find() -> Bank:
    """The bank as it stands in the database."""
    rm = Staff.objects.filter(role=Role.RELATIONSHIP_MANAGER).order_by("pk").first()
    short, long = _customers_of(rm)
    return Bank(
        customers=Customer.objects.unscoped("bench").count(),
        staff=Staff.objects.filter(role=Role.RELATIONSHIP_MANAGER).count(),
        contacts=ContactRecord.objects.unscoped("bench").count(),
        rm=rm,
        branch_head=Staff.objects.filter(role=Role.BRANCH_HEAD).order_by("pk").first(),
        short_history=short,
        long_history=long,
    )


def _customers_of(rm: Staff) -> list[Customer]:
    return list(Customer.objects.unscoped("bench").filter(manager=rm).order_by("pk")[:2])


def _lengthen_history(customer: Customer) -> None:
    """The same contacts a second and a third time, each with a public id of its own, until there are a thousand."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO maintenance_contactrecord (public_id, customer_id, unit_id, staff_id, channel, direction,
                outcome, happened_at, happened_on, note, version, created_at)
            SELECT substr(md5(r.public_id || ':' || k), 1, 22), r.customer_id, r.unit_id, r.staff_id, r.channel,
                r.direction, r.outcome, r.happened_at - make_interval(days => k), r.happened_on - k, r.note, 1, now()
            FROM maintenance_contactrecord r, generate_series(1, %s) AS k WHERE r.customer_id = %s
            """,
            [LONG_HISTORY // CONTACTS_PER_CUSTOMER - 1, customer.pk],
        )


def _units_and_staff(rms: int) -> None:
    password = make_password("Bench-2026-only")
    root = Unit.objects.create(kind=UnitKind.HEAD_OFFICE, code="0", name="总行")
    branch = outlet = supervisor = None
    staff = []
    for number in range(rms):
        if number % (RMS_PER_OUTLET * OUTLETS_PER_BRANCH) == 0:
            code = f"{number // (RMS_PER_OUTLET * OUTLETS_PER_BRANCH):03d}"
            branch = Unit.objects.create(parent=root, kind=UnitKind.BRANCH, code=f"B{code}", name=f"第{code}分行")
            _person(f"H{code}", branch, Role.BRANCH_HEAD, password).save()
        if number % RMS_PER_OUTLET == 0:
            code = f"{number // RMS_PER_OUTLET:05d}"
            outlet = Unit.objects.create(parent=branch, kind=UnitKind.OUTLET, code=f"O{code}", name=f"第{code}网点")
            supervisor = _person(f"S{code}", outlet, Role.RM_SUPERVISOR, password)
            supervisor.save()
        staff.append(_person(f"R{number:06d}", outlet, Role.RELATIONSHIP_MANAGER, password, supervisor))
    Staff.objects.bulk_create(staff, batch_size=1000)


def _person(number: str, unit: Unit, role: Role, password: str, supervisor: Staff | None = None) -> Staff:
    return Staff(
        employee_no=number, name=f"员工{number}", unit=unit, role=role, supervisor=supervisor, password=password,
        must_change_password=False,
    )  # fmt: skip


def _statements(customers: int, today: date, product: int, term: int):
    """(SQL, parameters) in order. `n` is the customer's number from 0, and its RM is the n / 400-th."""
    yield (
        "CREATE TEMP TABLE rm ON COMMIT DROP AS SELECT id, unit_id, row_number() OVER (ORDER BY id) - 1 AS k FROM organization_staff WHERE role = 'relationship_manager'",
        [],
    )
    yield (
        """
        INSERT INTO customers_customer (public_id, number, unit_id, manager_id, managed_since, status, name, sort_name,
            sex, birth_date, id_type, id_number, id_number_index, mobile, mobile_index, address, email, marital_status,
            occupation, employer, is_veteran, is_party_member, interests, preferred_channel, preferred_time,
            has_no_contact, no_contact_reason, note, tier, strategy, aum, aum_on, monthly_avg_daily_aum,
            last_contact_on, version, created_at, updated_at)
        SELECT substr(md5(n::text), 1, 22), 'N' || n, rm.unit_id, rm.id, %(today)s::date - 2000, 'active',
            substr(%(surnames)s, 1 + n %% 20, 1) || substr(%(given)s, 1 + n / 20 %% 20, 1) || substr(%(given)s, 1 + n / 400 %% 20, 1),
            (%(surname_pinyin)s::text[])[1 + n %% 20] || (%(given_pinyin)s::text[])[1 + n / 20 %% 20] || (%(given_pinyin)s::text[])[1 + n / 400 %% 20],
            CASE WHEN n %% 2 = 0 THEN 'male' ELSE 'female' END, %(today)s::date - (9000 + (random() * 20000)::int),
            'identity_card', '', '', '', '', '', '', 'married', 'employee', '', false, false, '', '', '', false, '', '',
            a.tier, a.strategy, a.aum, %(today)s::date - 1, a.aum, %(today)s::date - 5 - n %% 29, 1, now(), now()
        FROM generate_series(0, %(customers)s - 1) AS n
        JOIN rm ON rm.k = n / 400
        CROSS JOIN LATERAL (SELECT CASE WHEN n %% 100 < 3 THEN 'PRIVATE' WHEN n %% 100 < 12 THEN 'DIAMOND'
              WHEN n %% 100 < 36 THEN 'PLATINUM' WHEN n %% 100 < 88 THEN 'GOLD' ELSE 'POTENTIAL' END AS tier,
              CASE WHEN n %% 100 < 12 THEN 'INTENSIVE' WHEN n %% 5 = 0 THEN 'RESPONSIVE' ELSE 'ACTIVE' END AS strategy,
              round((50000 + 9000000 * power((n::bigint * 7919 %% 100003) / 100003.0, 4))::numeric, 2) AS aum) AS a
        """,
        {
            "today": today, "customers": customers, "surnames": _SURNAMES, "given": _GIVEN,
            "surname_pinyin": _SURNAME_PINYIN, "given_pinyin": _GIVEN_PINYIN,
        },
    )  # fmt: skip
    yield (
        """
        INSERT INTO customers_searchkey (customer_id, key)
        SELECT id, name FROM customers_customer UNION ALL
        SELECT id, substr(name, 2) FROM customers_customer UNION ALL
        SELECT id, sort_name FROM customers_customer UNION ALL
        SELECT id, lower(number) FROM customers_customer
        """,
        [],
    )
    yield (
        """
        INSERT INTO customers_account (public_id, customer_id, unit_id, product_id, reference, number, number_index,
            currency, opened_on, balance, balance_on)
        SELECT substr(md5('a' || id), 1, 22), id, unit_id, %s, 'A' || id, '', '', 'CNY', %s::date - 800, aum, %s::date - 1
        FROM customers_customer
        """,
        [product, today, today],
    )
    yield (
        """
        INSERT INTO customers_monthlybalance (customer_id, unit_id, month, average, closing)
        SELECT id, unit_id, (date_trunc('month', %s::date) - make_interval(months => m))::date, aum * (1 - 0.01 * m), aum
        FROM customers_customer, generate_series(1, 3) AS m
        """,
        [today],
    )
    yield (
        """
        INSERT INTO customers_holding (public_id, customer_id, unit_id, product_id, reference, amount, rate, bought_on,
            matures_on, remind_on)
        SELECT substr(md5('h' || id), 1, 22), id, unit_id, %s, 'H' || id, round(aum * 0.4, 2), 0.018,
            m.on_day - 365, m.on_day, m.on_day - 30
        FROM customers_customer, LATERAL (SELECT %s::date + 1 + (id * 31 %% 395)::int AS on_day) AS m
        """,
        [term, today],
    )
    yield (
        """
        INSERT INTO customers_importantdate (customer_id, unit_id, kind, label, calendar, month, day, is_leap, year,
            remind_days, next_on, remind_on)
        SELECT id, unit_id, 'birthday', '', 'solar', extract(month FROM d.next_on), extract(day FROM d.next_on), false, 1980,
            7, d.next_on, d.next_on - 7
        FROM customers_customer, LATERAL (SELECT %s::date + (id * 17 %% 365)::int AS next_on) AS d
        """,
        [today],
    )
    yield (
        """
        INSERT INTO maintenance_contactrecord (public_id, customer_id, unit_id, staff_id, channel, direction, outcome,
            happened_at, happened_on, note, version, created_at)
        SELECT substr(md5(c.id || ':' || k), 1, 22), c.id, c.unit_id, c.manager_id,
            CASE WHEN (k + c.id) %% 6 = 0 OR k = 9 THEN 'meeting' ELSE 'phone' END, 'outbound',
            CASE WHEN (k + c.id / 7) %% 5 = 4 AND k < 9 THEN 'no_answer' ELSE 'reached' END,
            (d.day + time '10:00') AT TIME ZONE 'Asia/Shanghai', d.day, '电话回访，沟通近期资金安排。', 1, now()
        FROM customers_customer c CROSS JOIN generate_series(0, %s) AS k,
            LATERAL (SELECT c.last_contact_on - k * 30 AS day) AS d
        """,
        [CONTACTS_PER_CUSTOMER - 1],
    )


def _identify(rm: Staff) -> None:
    """Encrypted identifiers and full search keys for the customers that the measurements open."""
    mine = list(Customer.objects.unscoped("bench").filter(manager=rm))
    for serial, customer in enumerate(mine):
        set_identifiers(customer, mobile=f"{MEASURED_MOBILE[:7]}{serial:04d}")
    with transaction.atomic():
        for customer in mine:
            customer.save()
        rebuild_search_keys(mine)
