//! What is said in Chinese of errors in scripts, in the way of `translate`: the first line of a failure, the
//! words of the language itself, and the hints.

use kehu_contract::FailureKind;

/// Says the first line of a failure: where it happened, of what kind it is, and what it says. None for
/// any other line.
pub(crate) fn failure(line: &str, say: &dyn Fn(&str) -> String) -> Option<String> {
    if ["error: ", "note: ", "hint: ", "warning: "].iter().any(|opening| line.starts_with(opening))
    {
        return None;
    }
    let of_kind = |kind: FailureKind| {
        let words = format!("{} error: ", kind.name());
        let at = if line.starts_with(&words) { 0 } else { line.find(&format!(": {words}"))? + 2 };
        Some((at, at + words.len(), kind))
    };
    let (at, end, kind) =
        FailureKind::ALL.into_iter().filter_map(of_kind).min_by_key(|found| found.0)?;
    let mut said = String::new();
    if at > 0 {
        let parts: Vec<String> = line[..at - 2].split(", ").map(part).collect();
        said = format!("{}：", parts.join("，"));
    }
    Some(format!("{said}{}：{}", kind_in_words(kind), say(&line[end..])))
}

/// A part of the place of a failure, such as `pack rfm` or `customer C-1 Ann`.
fn part(part: &str) -> String {
    const SORTS: [(&str, &str); 12] = [
        ("pack ", "脚本包 "),
        ("plugin ", "插件 "),
        ("customer ", "客户 "),
        ("deal ", "商机 "),
        ("a new deal", "新商机"),
        ("contact ", "联系人 "),
        ("interaction ", "互动 "),
        ("move ", "推进 "),
        ("task ", "待办 "),
        ("product ", "产品 "),
        ("rep ", "业务员 "),
        ("target ", "目标 "),
    ];
    for (english, chinese) in SORTS {
        if let Some(rest) = part.strip_prefix(english) {
            return format!("{chinese}{rest}");
        }
    }
    match part.split_once(" step ") {
        Some((hook, step)) => format!("{hook} 步骤 {step}"),
        None => part.to_owned(),
    }
}

fn kind_in_words(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Load => "加载错误",
        FailureKind::Runtime => "运行错误",
        FailureKind::TimeLimit => "超出时间限制",
        FailureKind::MemoryLimit => "超出内存限制",
        FailureKind::Result => "返回值错误",
        FailureKind::Argument => "参数错误",
        FailureKind::Host => "主程序故障",
    }
}

/// Sentences of the language itself, and hints about them.
pub(crate) const SENTENCES: &[(&str, &str)] = &[
    ("called from {} in {s}", "调用自 {}，{}"),
    ("used {}, the limit is {}: {}", "已用 {}，上限 {}：{}"),
    ("{} = missing", "{} = 缺失"),
    // Limits.
    ("{s} took more than {}", "{}用时超过 {}"),
    ("{s} used more than {}", "{}占用超过 {}"),
    (
        "look for a loop that does not end; processor time counts, not waiting",
        "请检查是否有不会结束的循环；计入的是处理器时间，不含等待",
    ),
    (
        "look for a table or text that grows with every turn of a loop",
        "请检查是否有表或文本随循环不断增大",
    ),
    ("the pack used more memory than it may", "脚本包占用的内存超过上限"),
    ("not enough memory", "内存不足"),
    // The engine.
    ("attempt to perform arithmetic ({}) on {} and {}", "不能对 {2} 与 {3} 做算术运算（{1}）"),
    ("attempt to perform arithmetic ({}) on {}", "不能对 {2} 做算术运算（{1}）"),
    ("attempt to compare {}", "不能比较：{}"),
    ("attempt to call a {} value", "{} 值不能调用"),
    ("attempt to call missing method '{}' of {}", "{2} 没有方法 '{1}'"),
    ("attempt to index {} with '{}'", "不能用 '{2}' 索引 {1}"),
    ("attempt to index {} with {}", "不能用 {2} 索引 {1}"),
    ("attempt to concatenate {} with {}", "不能连接 {} 与 {}"),
    ("attempt to get length of a {} value", "{} 值没有长度"),
    ("attempt to iterate over a {} value", "{} 值不能遍历"),
    ("attempt to modify a readonly table", "不能修改只读的表"),
    ("attempt to yield across metamethod/C-call boundary", "此处不能让出（yield）"),
    ("stack overflow", "调用层次过深（stack overflow）"),
    ("stack overflow ({})", "调用层次过深（stack overflow，{}）"),
    ("C stack overflow", "调用层次过深（C stack overflow）"),
    ("error in error handling", "处理错误时又出错"),
    ("assertion failed!", "断言不成立"),
    (
        "invalid argument #{} to '{}' ({} expected, got {})",
        "'{2}' 的第 {1} 个参数应为 {3}，实得 {4}",
    ),
    ("invalid argument #{} to '{}' ({})", "'{2}' 的第 {1} 个参数无效（{3}）"),
    ("missing argument #{} to '{}' ({} expected)", "'{2}' 缺少第 {1} 个参数，应为 {3}"),
    ("missing argument #{}", "缺少第 {} 个参数"),
    ("invalid 'for' {} (number expected, got {})", "'for' 的 {} 应为数字，实得 {}"),
    ("invalid order function for sorting", "排序的比较函数自相矛盾"),
    (
        "invalid value ({}) at index {} in table for 'concat'",
        "'concat' 不能连接表中第 {2} 项（{1}）",
    ),
    ("invalid option '{}' to 'format'", "'format' 不认识 '{}'"),
    ("malformed pattern {}", "模式有误 {}"),
    ("missing '[' after '%f' in pattern", "模式中 '%f' 后缺少 '['"),
    ("pattern too complex", "模式过于复杂"),
    ("invalid capture index {}", "捕获编号 {} 无效"),
    ("unfinished capture", "捕获没有结束"),
    ("table index is nil", "表的键不能为 nil"),
    ("table index is NaN", "表的键不能为 NaN"),
    ("table overflow", "表过大"),
    ("string length overflow", "文本过长"),
    ("resulting string too large", "结果文本过长"),
    ("string slice too long", "文本片段过长"),
    ("cannot resume dead coroutine", "协程已结束，不能恢复"),
    ("too many results to unpack", "unpack 的结果过多"),
    ("cannot change a protected metatable", "受保护的元表不能更改"),
    ("invalid key to 'next'", "'next' 的键无效"),
    ("{} would need {} steps, the limit is {}", "{} 需要 {} 步，上限为 {}"),
    (
        "string.rep would make a text of {} bytes, the limit is {}",
        "string.rep 会生成 {} 字节的文本，上限为 {}",
    ),
    ("table.move moves at most {} values", "table.move 最多移动 {} 个值"),
    ("error was called with {}", "error 的参数为 {}"),
    ("give it a text: error(\"…\")", "请给它文本：error(\"…\")"),
    // The compiler.
    ("Expected {} (to close {} at {}), got {}", "应为 {1}（以结束 {3} 的 {2}），实得 {4}"),
    (
        "Expected {} (to close {} at {}), got {}; did you forget to close {} at {}?",
        "应为 {1}（以结束 {3} 的 {2}），实得 {4}；{6} 的 {5} 是否没有结束？",
    ),
    ("Expected {} when parsing {}, got {}", "解析 {2} 时应为 {1}，实得 {3}"),
    ("Expected identifier when parsing {}, got {}", "解析 {} 时应为名称，实得 {}"),
    ("Expected identifier, got {}", "应为名称，实得 {}"),
    ("Expected {}, got {}", "应为 {}，实得 {}"),
    (
        "Incomplete statement: expected assignment or a function call",
        "语句不完整：应为赋值或函数调用",
    ),
    ("Malformed string; did you forget to finish it?", "字符串有误，是否没有结束？"),
    ("Malformed number", "数字有误"),
    ("String literal contains malformed escape sequence", "字符串中的转义有误"),
    ("Unexpected '{}'; did you mean '{}'?", "不应有 '{}'；是不是 '{}'？"),
    ("Assigned expression must be a variable or a field", "赋值的左边应为变量或字段"),
    ("break statement must be inside a loop", "break 只能在循环内"),
    ("continue statement must be inside a loop", "continue 只能在循环内"),
    ("Cannot use '...' outside of a vararg function", "'...' 只能在可变参数的函数内使用"),
    (
        "Exceeded allowed recursion depth; simplify your {} to make the code compile",
        "嵌套过深，请简化 {} 后再编译",
    ),
    (
        "scripts are Luau, which has no goto; continue ends one turn of a loop, break the loop",
        "脚本语言是 Luau，没有 goto；continue 结束一轮循环，break 结束循环",
    ),
    (
        "scripts are Luau, which has no <const> and <close>; write local",
        "脚本语言是 Luau，没有 <const> 和 <close>；请写 local",
    ),
    (
        "scripts are Luau, which has no & | << >>; bit32 has functions",
        "脚本语言是 Luau，没有 & | << >>；请用 bit32 的函数",
    ),
    ("Lua has the words and, or, not", "Lua 用 and、or、not"),
    ("not equal is ~= in Lua", "Lua 的不等号是 ~="),
    ("a comparison is ==", "比较用 =="),
    // Hints.
    ("a function calls itself without an end", "函数无休止地调用自身"),
    ("a hook returns its result; it cannot wait", "钩子须直接返回结果，不能等待"),
    (
        "what the host hands over stays as it is; keep what is yours in a table of your own",
        "主程序给出的内容不可更改；请把自己的数据放在自己的表中",
    ),
    (
        "in a pattern % [ ( and . mean something; kehu.text has functions for plain texts",
        "模式中 % [ ( 和 . 有特殊含义；普通文本请用 kehu.text 的函数",
    ),
    (
        "c.{} is missing for this customer; test it first: if c.{} then … end",
        "该客户的 c.{} 缺失；请先判断：if c.{} then … end",
    ),
    (
        "there is no list here; test it first: if list then … end",
        "此处没有列表；请先判断：if list then … end",
    ),
    ("a value is nil here; test it before it is used", "此处有值为 nil；使用前请先判断"),
    ("did you mean {}(…)?", "是不是 {}(…)？"),
    (
        "there is no such function; look at its spelling, and at : and .",
        "没有这个函数；请检查拼写以及 : 和 .",
    ),
    (
        "only functions can be called; look for a name that is used twice",
        "只有函数可以调用；请检查是否有重复使用的名称",
    ),
    ("{} gives one value a turn: for {} in {} do", "{} 每轮只给一个值：for {} in {} do"),
    (
        "{} is nil here; test it first: if {} then … end",
        "此处 {} 为 nil；请先判断：if {} then … end",
    ),
    ("what stands before it is nil; test it first", "它前面的值为 nil；请先判断"),
    (
        "points are added with s:add(rule, points), not with +",
        "加分请用 s:add(rule, points)，不要用 +",
    ),
    (
        "a flag is true or false, no figure; write: flag and 1 or 0",
        "真假值不是数字；请写：flag and 1 or 0",
    ),
    (
        "one of them is a text; tonumber(text) makes a number of it, or nil",
        "其中一个是文本；tonumber(text) 可转成数字或 nil",
    ),
    (
        "only texts and numbers can be joined; tostring(value) makes a text",
        "只有文本和数字可以连接；tostring(value) 可转成文本",
    ),
    ("a division by zero gives this; test the divisor first", "除以零会得到它；请先判断除数"),
    ("days are numbers: {} gives one", "日期是数字：请用 {}"),
    ("write {}", "请写 {}"),
    ("return {}", "请返回 {}"),
    ("end it with: return {}", "请以此结尾：return {}"),
    ("end the file with: return {}", "文件末尾请写：return {}"),
];

/// What values are, and other parts of such sentences.
pub(crate) const WORDS: &[(&str, &str)] = &[
    ("nothing", "空值"),
    ("a number", "数字"),
    ("a string", "字符串"),
    ("a table", "表"),
    ("a boolean", "布尔值"),
    ("a function", "函数"),
    ("a thread", "协程"),
    ("a userdata", "对象"),
    ("a buffer", "缓冲区"),
    ("a vector", "向量"),
    ("an empty table", "空表"),
    ("infinite", "无穷大"),
    ("not a number (0/0)", "非数字 (0/0)"),
    ("the main chunk", "文件主体"),
    ("the pack", "脚本包"),
    ("the script", "脚本"),
    ("loading main.lua", "加载 main.lua "),
    ("one customer", "一位客户"),
    ("one deal", "一个商机"),
    ("one event", "一个事件"),
    ("one row", "一行"),
    ("one test", "一项测试"),
    ("the batch", "一批"),
    ("the run", "整次运行"),
    ("a text", "文本"),
    ("a list", "列表"),
    ("a day such as \"2025-03-01\"", "日期，例如 \"2025-03-01\""),
    ("a whole number", "整数"),
    ("a finite number", "有限的数字"),
    ("true or false", "true 或 false"),
    ("a label", "标签"),
    ("a rule", "规则"),
];

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use crate::translate::{say, word};

    /// The folders and files whose texts are not said at the terminal: the reference, generated code, and
    /// the tables of names.
    const OTHERS: [&str; 12] = [
        "api/hooks/",
        "api/kehu.rs",
        "api/report.rs",
        "api/markdown.rs",
        "api/luacats.rs",
        "api/luau.rs",
        "api/selene.rs",
        "api/entry.rs",
        "src/generate.rs",
        "src/bell.rs",
        "src/check/",
        "src/mark.rs",
    ];

    #[test]
    fn a_failure_is_said_in_chinese_from_its_first_word_to_its_last() {
        for (english, chinese) in [
            (
                "error: pack t, score, customer C-1 Ann: runtime error: attempt to compare number < nil",
                "错误：脚本包 t，score，客户 C-1 Ann：运行错误：不能比较：number < nil",
            ),
            ("error: t: load error: the file is not UTF-8", "错误：t：加载错误：文件不是 UTF-8"),
            ("  called from main.lua:3 in the main chunk", "  调用自 main.lua:3，文件主体"),
            (
                "  used 76.0 ms, the limit is 50 ms: call_milliseconds in [limits]",
                "  已用 76.0 ms，上限 50 ms：call_milliseconds in [limits]",
            ),
            (
                "hint: c.amount is missing for this customer; test it first: if c.amount then … end",
                "提示：该客户的 c.amount 缺失；请先判断：if c.amount then … end",
            ),
            (
                "hint: there is no such function; look at its spelling, and at : and .",
                "提示：没有这个函数；请检查拼写以及 : 和 .",
            ),
            ("score failed: global \"r\" has no value", "score 出错：全局变量“r”没有值"),
            ("  3 | local t = missing", "  3 | local t = missing"),
        ] {
            assert_eq!(say(english), chinese);
        }
    }

    #[test]
    fn whatever_the_host_of_scripts_says_is_said_in_chinese() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lua/src");
        let mut files = Vec::new();
        gather(&root, &mut files);
        files.sort();
        let mut english = Vec::new();
        let mut count = 0;
        for file in files {
            let shown = file.display().to_string();
            if OTHERS.iter().any(|other| shown.contains(other)) {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let is_luau = file.extension().is_some_and(|ending| ending == "luau");
            for sentence in sentences(&text, is_luau) {
                count += 1;
                if say(&sentence) == sentence && word(&sentence) == sentence {
                    english.push(format!("{shown}: {sentence}"));
                }
            }
        }
        assert!(count > 300, "only {count} sentences were found");
        assert!(english.is_empty(), "{}\n{} of {count}", english.join("\n"), english.len());
    }

    fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, files);
            } else {
                files.push(path);
            }
        }
    }

    /// What a file says to people: the texts that stand where a fault is made or a hint is given.
    fn sentences(text: &str, is_luau: bool) -> Vec<String> {
        const RUST: [&str; 11] = [
            "Fault::argument(",
            "Fault::result(",
            "Fault::host(",
            "FailureKind::Runtime,",
            "FailureKind::Load,",
            "FailureKind::Result,",
            ".hint(",
            "let message =",
            "let hint =",
            "refuse(",
            "Some(",
        ];
        const LUAU: [&str; 3] = ["fail(", "refuse(", "error("];
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let openings: &[&str] = if is_luau { &LUAU } else { &RUST };
        let mut found = Vec::new();
        for opening in openings {
            for (at, _) in code.match_indices(opening) {
                let rest = &code[at + opening.len()..];
                let said =
                    if is_luau { luau_texts(rest) } else { rust_text(rest).into_iter().collect() };
                found.extend(said.into_iter().filter(|text| is_sentence(text)));
            }
        }
        found
    }

    /// True for words to people: several of them, and no more code than words.
    fn is_sentence(text: &str) -> bool {
        let words = text.split(' ').filter(|word| {
            word.len() > 1 && word.chars().all(|each| each.is_ascii_lowercase() || each == ',')
        });
        words.count() >= 2 && !text.contains("local host")
    }

    /// The text that comes next, if nothing but calls of `format!` and the like stands before it: its places
    /// filled with a letter.
    fn rust_text(code: &str) -> Option<String> {
        let code = code.trim_start_matches(|each: char| {
            each.is_whitespace() || each == '&' || each == '(' || each == ','
        });
        let code = code.strip_prefix("format!(").unwrap_or(code).trim_start();
        let mut text = String::new();
        let mut letters = code.strip_prefix('"')?.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '"' => return Some(filled(&text)),
                '\\' => match letters.next()? {
                    '\n' => {
                        let rest = letters.as_str().trim_start();
                        letters = rest.chars();
                    }
                    other => text.push(other),
                },
                other => text.push(other),
            }
        }
        None
    }

    /// A text of `format!` with a letter in each of its places.
    fn filled(text: &str) -> String {
        let text = text.replace("{{", "\u{1}").replace("}}", "\u{2}");
        let mut whole = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            whole += before;
            match after.split_once('}') {
                Some((place, after))
                    if place.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_') =>
                {
                    whole += "x";
                    rest = after;
                }
                _ => {
                    whole.push('{');
                    rest = after;
                }
            }
        }
        (whole + rest).replace('\u{1}', "{").replace('\u{2}', "}")
    }

    /// The texts of a call in Luau: what `..` joins is one, with a letter for each value in it. Texts with
    /// a choice in them are left out.
    fn luau_texts(code: &str) -> Vec<String> {
        let call = code.lines().next().unwrap_or_default();
        if call.contains("if ") || call.contains("gsub") {
            return Vec::new();
        }
        let mut texts: Vec<String> = Vec::new();
        let mut rest = call;
        let mut is_joined = false;
        while let Some(at) = rest.find(['"', '\'']) {
            let quote = &rest[at..=at];
            let before = rest[..at].trim();
            let Some((text, after)) = rest[at + 1..].split_once(quote) else { break };
            let goes_on = before.ends_with("..");
            if goes_on && is_joined {
                let value = if before == ".." { "" } else { "x" };
                if let Some(last) = texts.last_mut() {
                    *last += value;
                    *last += text;
                }
            } else {
                if let Some(last) = texts.last_mut().filter(|_| is_joined) {
                    last.push('x');
                }
                texts.push(if goes_on { format!("x{text}") } else { text.to_owned() });
            }
            is_joined = after.trim_start().starts_with("..");
            if let Some(last) = texts.last_mut()
                && is_joined
                && !after.contains(['"', '\''])
            {
                last.push('x');
            }
            rest = after;
        }
        texts
    }
}
