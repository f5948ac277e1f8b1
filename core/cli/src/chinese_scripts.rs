//! What is said in Chinese about scripts that read the records, in the way of `translate`.

/// Sentences of talk, errors and hints.
pub(crate) const SENTENCES: &[(&str, &str)] = &[
    ("Edited rep {}.", "已修改业务员 {}。"),
    ("{} is closed, so its amount stands", "{} 已结束，其金额不再更改"),
    (
        "what was bought is corrected with kehu interaction edit",
        "购买记录用 kehu interaction edit 更正",
    ),
    ("all is seen as of {}, the day of the latest run", "一切数据截至 {}，即最近一次评分的日期"),
    ("to see it as it is now: --as-of today", "查看当前情况：--as-of today"),
    ("stopped", "已停止"),
    (
        "there is no base here to read: this folder lies in no workspace",
        "此处没有可读取的数据：当前文件夹不在任何工作区内",
    ),
    (
        "name one with -C DIR, or make one with: kehu init DIR",
        "用 -C 文件夹 指定，或新建：kehu init 文件夹",
    ),
    (
        "this is a script of a pack; kehu pack test runs it with its pack.toml",
        "这是脚本包的脚本；kehu pack test 会按其 pack.toml 运行",
    ),
    ("a script has no \"{}\"", "脚本没有“{}”"),
    ("no customer is at hand", "当前没有选定客户"),
    ("put one at hand: :customer NAME", "选定客户：:customer 名称"),
    ("of which column?", "哪一列？"),
    ("write :why tier", "例如 :why tier"),
    ("there is no {}", "没有 {}"),
    ("nothing is called \"{}\"", "没有名为“{}”的内容"),
    (
        "kehu api lists the functions, kehu features the columns",
        "kehu api 列出函数，kehu features 列出特征",
    ),
    (
        "{} was taken back, because a pack failed and the command is strict",
        "已撤销 {}：有脚本包出错，而命令要求严格执行",
    ),
    ("without --strict what was done stands", "不加 --strict 时所做的保留"),
    ("{} is known today, and was not yet on {}", "{} 今日已知，但在 {} 尚未得知"),
    (
        "what is typed counts from the day on which it became known; to see it: --as-of today",
        "录入的内容自得知之日起生效；查看：--as-of today",
    ),
    ("no pack \"{}\" is on", "没有启用脚本包“{}”"),
    ("the pack has no \"{}\"", "脚本包没有“{}”"),
    ("global \"{}\" has no value", "全局变量“{}”没有值"),
    (
        "Lua, line by line: what a line gives is shown, and \"local x = …\" is kept for the next ones.",
        "逐行输入 Lua：结果立即显示，“local x = …”在后续各行仍有效。",
    ),
    (
        "kehu.customers{ where = \"tier = 'A'\" }   rows as a table; also deals, interactions, reps",
        "kehu.customers{ where = \"tier = 'A'\" }   以表格显示；另有 deals、interactions、reps",
    ),
    (
        "c, c.amount                             the customer at hand, with features and scores",
        "c, c.amount                             当前客户，含特征与评分",
    ),
    (
        "pack(\"rfm\").score(c)                    what a pack gives now, with its reasons",
        "pack(\"rfm\").score(c)                    脚本包当前给出的值及理由",
    ),
    (
        ":customer NAME   :why COLUMN   :doc NAME   :quit",
        ":customer 名称   :why 列   :doc 名称   :quit",
    ),
    (
        "Nothing is written. Tab completes names, Ctrl-C stops a line.",
        "不会写入任何内容。Tab 补全名称，Ctrl-C 停止当前行。",
    ),
    ("{} is too long for a script: more than {} bytes", "脚本 {} 过长，超过 {} 字节"),
    ("what holds data is imported: kehu import", "数据请用 kehu import 导入"),
    ("{} is a folder, not a script", "{} 是文件夹，不是脚本"),
    ("Ctrl-C cannot be watched: {}", "无法监听 Ctrl-C：{}"),
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
    ("{} more things are wrong with this file", "此文件还有 {} 处问题"),
    ("1 more thing is wrong with this file", "此文件还有 1 处问题"),
    ("{} more things were found in this pack", "此脚本包还有 {} 处问题"),
    ("the file has {} bytes, the limit is {}", "文件有 {} 字节，上限为 {}"),
    ("show fewer columns, or fewer rows", "请减少列数或行数"),
    (
        "kehu.table shows at most {} cells, this one has {} rows of {} columns",
        "kehu.table 最多显示 {} 个单元格，此表有 {} 行、{} 列",
    ),
];
