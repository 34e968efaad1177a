"""Plausible Chinese names, addresses and words for demo data. Cities and streets are invented."""

from random import Random

from customers.enums import Sex

SURNAMES = (
    "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 高 林 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 肖 田 董 袁 潘 于 蒋 蔡 余 杜 叶 "
    "程 苏 魏 吕 丁 任 沈 姚 卢 姜 崔 钟 谭 陆 汪 范 金 石 廖 贾 夏 韦 付 方 白 邹 孟 熊 秦 邱 江 尹 薛 闫 段 雷 侯 龙 史 陶 黎 贺 顾 "
    "毛 郝 龚 邵 万 钱 严 覃 武 戴 莫 孔 向 汤 单 仇 解 区 查 翟 朴 欧阳 上官 司马 诸葛"
).split()
_WEIGHTS = [max(1, 120 - 2 * rank) for rank in range(len(SURNAMES))]
MALE_GIVEN = (
    "伟 强 磊 军 洋 勇 杰 涛 超 明 刚 平 辉 鹏 华 飞 鑫 波 斌 宇 浩 凯 健 俊 帆 帅 旭 宁 龙 林 峰 建国 建军 志强 志伟 海涛 文博 子轩 "
    "浩然 宇航 天宇 俊杰 国庆 卫东 永刚 立新 少华 德明 家豪 晓东 思远 承志 景行 长青 兆丰 启明 瑞霖 泽宇 一鸣 云飞 䶮"
).split()
FEMALE_GIVEN = (
    "芳 娜 敏 静 丽 艳 娟 霞 秀英 桂英 玉兰 玲 婷 慧 莹 雪 倩 颖 洁 琳 丹 萍 红 燕 梅 琴 云 莉 兰 凤 欣怡 梓涵 雨桐 佳怡 思琪 晓燕 "
    "淑珍 秀兰 桂兰 美玲 海燕 春梅 丽华 文静 晓雯 若曦 诗涵 雅婷 嘉欣 婉清 书瑶 语嫣 念慈 素心 佩珊 月华 紫萱 可馨"
).split()
STREETS = (
    "学府路 滨江大道 文昌街 解放路 望海路 清风巷 书院街 朝阳路 桂花街 湖滨路 新华街 松涛路 观澜路 青年路 和平里".split()
)
DISTRICTS = "东城区 海港区 学府区 滨江区".split()
EMPLOYERS = (
    "滨海第一中学 滨海市人民医院 东城实验小学 滨海港务集团 望海科技有限公司 海岳建设集团 滨海大学 临港物流有限公司 清源水务 "
    "东城区政务中心 滨海日报社 锦程外贸有限公司 海川食品厂 星河软件 云帆设计院"
).split()
INTERESTS = "书法 摄影 太极拳 自驾游 垂钓 茶艺 羽毛球 钢琴 园艺 烹饪 读书 合唱 游泳 徒步 象棋 集邮 高尔夫 瑜伽".split()


def full_name(random: Random, sex: Sex, surname: str = "") -> str:
    given = MALE_GIVEN if sex == Sex.MALE else FEMALE_GIVEN
    return (surname or random.choices(SURNAMES, _WEIGHTS)[0]) + random.choice(given)


def surname_of(name: str) -> str:
    return name[:2] if name[:2] in SURNAMES else name[:1]


def address(random: Random) -> str:
    return (
        f"滨海市{random.choice(DISTRICTS)}{random.choice(STREETS)}{random.randint(1, 299)}号"
        f"{random.randint(1, 30)}幢{random.randint(1, 18)}0{random.randint(1, 4)}室"
    )


def mobile(random: Random, serial: int) -> str:
    """The 0000 block: visibly not somebody's number."""
    return f"1{random.choice(('39', '38', '86', '59'))}0000{serial % 10000:04d}"
