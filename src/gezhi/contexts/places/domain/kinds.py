"""How people call kinds of places, in Chinese and in English, beside their names: 火车站, "bus stop"."""

from __future__ import annotations

from gezhi.solvers.gazetteer import KindWord

# Kinds that are named after what they stand at: that comes first where both have one name.
NAMED_AFTER = frozenset({"bus_stop", "tram_stop", "subway", "entrance", "parking", "toilet"})
_WORDS = {
    "compound": "小区, 住宅小区, 居民小区, residential compound, residential community, housing estate",
    "river": "河流, river",
    "park": "公园, 公园绿地, 绿地, 游园, park, parks, garden",
    "water": "水域, 湖泊, water, lake",
    "station": "火车站, 车站, 高铁站, 动车站, 铁路站, 铁路车站, railway station, train station, station",
    "coach_station": "客运站, 汽车站, 长途汽车站, 汽车客运站, 长途客运站, 客运中心, coach station, bus station, bus terminal",
    "subway": "地铁站, 地铁, 轨道交通站, metro station, subway station, metro, subway, underground station",
    "tram_stop": "有轨电车站, 电车站, tram stop, tram station",
    "bus_stop": "公交站, 公交车站, 公共汽车站, 公交站台, 公交站点, 车站, bus stop, bus stops",
    "hospital": "医院, hospital, hospitals",
    "clinic": "诊所, 门诊, 门诊部, 卫生院, 卫生室, 卫生站, 社区医院, 卫生服务中心, clinic, doctor, dentist",
    "pharmacy": "药店, 药房, 大药房, pharmacy, chemist, drugstore",
    "government": "政务机构, 政府机关, 机关, 政府, 人民政府, 街道办, 街道办事处, 办事处, 政务中心, 政务服务中心, 政务大厅,"
    " public office, government, town hall, city hall",
    "police": "派出所, 公安局, 警察局, 公安分局, 警务室, 警务站, police station, police",
    "fire": "消防站, 消防队, 消防救援站, fire station, fire brigade",
    "university": "大学, 高校, 学院, 大专院校, university, college",
    "school": "学校, 中小学, school, schools",
    "kindergarten": "幼儿园, 托儿所, 幼托, kindergarten, nursery",
    "museum": "博物馆, 美术馆, 展览馆, 纪念馆, museum, gallery",
    "library": "图书馆, library",
    "theatre": "剧院, 剧场, 影院, 电影院, 大剧院, 影剧院, theatre, theater, cinema",
    "worship": "宗教场所, 寺庙, 寺, 教堂, 清真寺, 道观, place of worship, temple, church, mosque",
    "sports": "体育场地, 体育场馆, 运动场, 运动场地, 体育馆, 体育场, 体育中心, 健身房, 球场,"
    " sports ground, sports centre, gym, stadium",
    "square": "广场, square, plaza",
    "market": "市场, 菜市场, 农贸市场, 集贸市场, 菜场, market, markets",
    "mall": "购物中心, 商场, 商城, 百货, 百货商场, shopping centre, shopping center, shopping mall, mall, department store",
    "shop": "商店, 超市, 便利店, 小卖部, shop, shops, supermarket, convenience store",
    "restaurant": "餐馆, 餐厅, 饭店, 饭馆, 餐饮, 小吃店, restaurant, restaurants, cafe, canteen",
    "hotel": "酒店, 宾馆, 旅馆, 旅店, 招待所, 民宿, hotel, hotels, guest house",
    "bank": "银行, bank, banks",
    "post": "邮局, 邮政, 邮政所, 邮政支局, post office",
    "community_centre": "社区服务中心, 社区中心, 党群服务中心, 社区党群服务中心, 居委会, community centre, community center",
    "elderly": "养老院, 敬老院, 福利院, 养老中心, home for the elderly, nursing home, care home",
    "toilet": "公共厕所, 厕所, 公厕, 洗手间, 卫生间, 公共卫生间, public toilet, toilet, toilets, restroom, wc",
    "parking": "停车场, 停车位, 车库, car park, parking, parking lot",
    "fuel": "加油站, 加气站, filling station, petrol station, gas station",
}

# Words for some of a kind: what they mean → words, what stands in the names of those, and what in none of them.
_NARROWER: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("school", "小学, primary school, primary schools, elementary school", ("小学", "Primary", "Elementary"), ()),
    (
        "school",
        "中学, middle school, middle schools, secondary school",
        ("中学", "初中", "高中", "Middle", "Secondary"),
        (),
    ),
    ("school", "初中, 初级中学, junior high school", ("初中", "初级中学", "中学"), ("小学", "高中", "高级中学")),
    (
        "school",
        "高中, 高级中学, high school, senior high school",
        ("高中", "高级中学", "中学", "High"),
        ("小学", "初中", "初级中学"),
    ),
    ("fuel", "充电站, 充电桩, charging station, charging point", ("充电", "Charging"), ()),
    # Of whatever kind such a place is in the ground, its name tells it.
    (
        "other",
        "垃圾站, 垃圾中转站, 垃圾转运站, waste station, recycling centre",
        ("垃圾", "环卫", "Waste", "Recycling"),
        (),
    ),
)
# A crossing is asked for by its roads; only who asks for nothing else means the next one.
_CROSSINGS = (
    "路口, 十字路口, 交叉口, 交叉路口, 岔路口, 丁字路口, crossing, crossings, crossroads, intersection, junction"
)


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(",")]


KIND_WORDS: tuple[KindWord, ...] = (
    *(KindWord(word, kind) for kind, words in _WORDS.items() for word in _listed(words)),
    *(KindWord(word, kind, like, unlike) for kind, words, like, unlike in _NARROWER for word in _listed(words)),
    *(KindWord(word, "crossing", is_alone=True) for word in _listed(_CROSSINGS)),
)
