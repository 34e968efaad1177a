"""Surnames that are read otherwise than the same character elsewhere, and compound surnames: what `customers.naming` goes by.

The reading used first stands first; others follow where bearers of the name differ. Traditional forms stand beside theirs.
"""

_SINGLE = """
单單 shan · 仇 qiu · 解 xie · 曾 zeng · 区區 ou · 查 zha · 翟 zhai · 朴 piao · 任 ren · 盖蓋 ge gai · 员員 yun
乐樂 yue le · 尉 wei · 华華 hua · 折 she · 覃 qin tan · 缪繆 miao · 繁 po · 逄 pang · 种 chong · 牟 mou mu
谌諶 chen shen · 郗 xi chi · 冼 xian · 洗 xian · 佴 nai · 黑 he · 秘 bi · 柏 bai bo · 薄 bo bao · 卜 bu
隗 wei kui · 宓 mi fu · 冯馮 feng · 召 shao zhao · 句 gou · 车車 che · 阚闞 kan · 撒 sa · 粘 nian · 祭 zhai
哈 ha · 石 shi · 都 du · 贾賈 jia · 葛 ge · 过過 guo · 晟 cheng sheng · 相 xiang · 宿 su · 应應 ying · 占 zhan
褚 chu · 瞿 qu · 郇 xun huan · 能 nai · 角 jue jiao · 莘 shen xin · 沈 shen · 俞 yu · 於 yu · 费費 fei bi
纪紀 ji · 丁 ding · 亢 kang · 炅 gui · 逯 lu · 郄 qie xi · 叶葉 ye · 谷 gu · 冒 mao · 令 ling · 乜 nie · 强 qiang
盛 sheng · 贲賁 ben · 隽雋 juan jun · 宁 ning · 番 pan fan · 台 tai · 芮 rui · 眭 sui · 那 na · 干 gan · 大 da
颉頡 xie jie · 咸 xian · 阙闕 que · 蔚 yu wei · 钭鈄 tou · 殷 yin · 甄 zhen · 夏 xia · 晁 chao · 朝 chao · 湛 zhan
隰 xi · 幺 yao · 么 yao · 藉 ji · 逢 feng pang · 斗 dou · 臧 zang · 余 yu · 尹 yin · 艾 ai · 景 jing · 柴 chai
汤湯 tang · 匡 kuang · 尚 shang · 祝 zhu · 祖 zu · 戚 qi · 吴吳 wu · 王 wang · 万萬 wan · 苫 shan · 行 xing
"""
SURNAMES: dict[str, tuple[str, ...]] = {
    character: tuple(readings)
    for characters, *readings in (entry.split() for entry in _SINGLE.replace("\n", " · ").split("·") if entry.strip())
    for character in characters
}

_COMPOUND = """
尉迟尉遲 yu chi · 长孙長孫 zhang sun · 万俟萬俟 mo qi · 澹台澹臺 tan tai · 单于單于 chan yu · 鲜于鮮于 xian yu
令狐 ling hu · 皇甫 huang fu · 亓官 qi guan · 拓跋 tuo ba · 呼延 hu yan · 乐正樂正 yue zheng · 夹谷 jia gu
宰父 zai fu · 谷梁 gu liang · 纥干 he gan · 独孤獨孤 du gu · 赫连赫連 he lian · 南宫南宮 nan gong
欧阳歐陽 ou yang · 诸葛諸葛 zhu ge · 上官 shang guan · 司马司馬 si ma · 司徒 si tu · 司空 si kong · 东方東方 dong fang
慕容 mu rong · 公孙公孫 gong sun · 轩辕軒轅 xuan yuan · 夏侯 xia hou · 申屠 shen tu · 太史 tai shi · 宇文 yu wen
闻人聞人 wen ren · 钟离鍾離 zhong li · 濮阳濮陽 pu yang · 淳于 chun yu · 公冶 gong ye · 宗政 zong zheng
公羊 gong yang · 端木 duan mu · 百里 bai li · 西门西門 xi men · 东郭東郭 dong guo · 南门南門 nan men · 第五 di wu
羊舌 yang she · 微生 wei sheng · 梁丘 liang qiu · 左丘 zuo qiu · 东门東門 dong men · 巫马巫馬 wu ma · 仲孙仲孫 zhong sun
叔孙叔孫 shu sun · 屈突 qu tu · 尔朱爾朱 er zhu · 哥舒 ge shu · 完颜完顏 wan yan · 耶律 ye lü · 叶赫葉赫 ye he
"""
COMPOUND_SURNAMES: dict[str, tuple[str, str]] = {
    characters[start : start + 2]: (first, second.replace("ü", "v"))
    for characters, first, second in (
        entry.split() for entry in _COMPOUND.replace("\n", " · ").split("·") if entry.strip()
    )
    for start in range(0, len(characters), 2)
}

# Characters of given names that the pinyin library does not know.
RARE_READINGS: dict[str, str] = {"𠮷": "ji"}
