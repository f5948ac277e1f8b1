//! The words of these commands, in both languages.

use crate::locale::Label;

macro_rules! labels {
    ($($name:ident = $en:literal, $zh:literal;)*) => {$(
        pub(crate) const $name: Label = Label::new($en, $zh);
    )*};
}

labels! {
    TITLE = "title", "标题";
    DOES = "does", "作用";
    WRITTEN_IN = "written in", "语言";
    FOLDER = "where", "位置";
    FROM = "from", "来源";
    SAID_AT = "on at", "启用处";
    WRONG = "wrong", "问题";
    NOTE = "note", "注意";
    PLACE = "place", "次序";
    HOOK = "hook", "钩子";
    ORDER = "In this order", "询问顺序";
    PACKS = "Packs", "脚本包";

    WORKSPACE = "workspace", "工作区";
    BASE = "base", "基础";
    KEHU = "kehu", "kehu";

    ON = "on", "启用";
    OFF = "off", "停用";
    DOES_NOT_LOAD = "does not load", "无法加载";
    NOT_THERE = "not there", "不存在";

    API = "api", "接口版本";
    HASH = "hash", "哈希";
    LIMIT_CALL = "limit a call", "单次上限";
    LIMIT_BATCH = "limit a batch", "单批上限";
    LIMIT_RUN = "limit a run", "整次上限";
    LIMIT_LOAD = "limit of loading", "加载上限";
    LIMIT_MEMORY = "limit of memory", "内存上限";
    STEPS = "Steps", "步骤";
    FUNCTION = "function", "函数";
    NEEDS = "Needs", "所需";
    WRITTEN = "need", "所需";
    READ_AS = "read as", "脚本中";
    GIVEN_BY = "given by", "提供者";
    NOBODY = "nobody", "无";
    GIVES = "Gives", "给出";
    FEATURES = "Own features", "自有特征";
    DECLARED = "declared as", "声明";
    VOCABULARY = "Kinds and fields that it brings", "带来的类型与字段";
    SETTINGS = "Settings", "设置";
    SETTING = "setting", "设置";
    DEFAULT = "default", "默认";
    ALLOWED = "allowed", "允许";
    RULES = "Rules", "规则";
    RULE = "rule", "规则";
    TEST = "test", "条件";
    POINTS = "points", "分";
    DECLARED_AT = "declared at", "出处";
    SAYS = "says", "说明";
    ACTIONS = "Actions", "行动";
    ACTION = "action", "行动";
    WORD = "vocabulary", "词汇";
    FEATURE = "feature", "特征";

    ITS_NEEDS = "needs", "所需";
    ITS_GIVES = "gives", "给出";
    ITS_FEATURES = "own features", "自有特征";
    ITS_SETTINGS = "settings", "设置";
    FILES = "files", "文件";
    FILES_HEAD = "Files", "文件";
    REPLACES = "in front of", "取代";
    NEW = "new", "新增";
    SAME = "same", "未变";
    EDITED_FILES = "edited since it was locked", "锁定后已改动";
    EDITED = "edited", "已改动";
    GONE = "gone", "已移除";
    CHANGED = "changed", "变更";
    WHAT = "what", "项目";
    CHANGE = "change", "变化";
    BEFORE = "before", "之前";
    AFTER = "after", "之后";
    WHOM = "Whom it would change, as of today", "今日受影响的客户";
    SUCH_AS = "such as", "例如";
}
