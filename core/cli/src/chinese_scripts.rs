//! What is said in Chinese about scripts that read the records, in the way of `chinese`.

/// Sentences of talk, errors and hints.
pub(crate) const SENTENCES: &[(&str, &str)] = &[
    ("all is seen as of {}, the day of the latest run", "一切数据截至 {}，即最近一次评分的日期"),
    ("to see it as it is now: --as-of today", "查看当前情况：--as-of today"),
    ("stopped", "已停止"),
    (
        "there is no base here to read: this folder lies in no workspace",
        "此处没有可读取的数据：当前文件夹不在任何工作区内",
    ),
    ("{} is too long for a script: more than {} bytes", "脚本 {} 过长，超过 {} 字节"),
    ("what holds data is imported: kehu import", "数据请用 kehu import 导入"),
    ("{} is a folder, not a script", "{} 是文件夹，不是脚本"),
    ("Ctrl-C cannot be watched: {}", "无法监听 Ctrl-C：{}"),
    ("load error: {s}", "加载错误：{}"),
    ("runtime error: {s}", "运行错误：{}"),
    ("argument error: {s}", "参数错误：{}"),
    ("result error: {s}", "返回值错误：{}"),
    ("time limit error: {s}", "超出时间限制：{}"),
    ("memory limit error: {s}", "超出内存限制：{}"),
    ("{}, customer {}: {s}", "{}，客户 {}：{}"),
    ("the script took more than {}", "脚本运行超过 {}"),
    ("the script used more than {}", "脚本占用超过 {}"),
    ("the script wrote more than {}", "脚本输出超过 {}"),
    (
        "look for a loop that prints without an end; --output MIB allows more",
        "请检查是否有循环在无休止地输出；--output MIB 可放宽",
    ),
    ("the row has no \"{}\"", "此行没有“{}”"),
    ("kehu has no \"{}\"", "kehu 没有“{}”"),
    (
        "did you mean \"{}\"? It is not among the columns that were asked for",
        "是否指“{}”？它不在所请求的列中",
    ),
    ("add it: {}", "请加上：{}"),
    ("there is no column \"{}\"", "没有列“{}”"),
    ("somebody wrote to the base while the features were computed", "计算特征时有人写入了数据"),
    ("run the script again", "请重新运行脚本"),
];
