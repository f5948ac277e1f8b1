//! What is said of native plugins in Chinese, in the way of `chinese`.

/// Sentences of talk, errors and hints about plugins.
pub(crate) const SENTENCES: &[(&str, &str)] = &[
    ("next: {}", "下一步：{}"),
    ("passed over: at customer {} plugin {} {}", "已跳过：插件 {2} 在客户 {1} 处出错（{3}）"),
    ("Began {}: {}", "已新建 {}：{}"),
    ("Added {} {}: {}, pinned in {}.", "已添加 {} {}：{}，已锁定在 {}。"),
    ("Turned it on in {}; score runs it.", "已在 {} 中启用，评分时运行。"),
    ("Removed {} {}.", "已移除 {} {}。"),
    ("{} will be tried again.", "将再次尝试 {}。"),
    ("{} {} may run on this machine.", "{} {} 可在本机运行。"),
    ("It takes the place of {} {}.", "它将取代 {} {}。"),
    ("Add it? [y/N]", "是否添加？[y/N]"),
    ("Let it run on this machine? [y/N]", "是否允许在本机运行？[y/N]"),
    ("nothing was done", "未做任何更改"),
    ("nobody is there to be asked", "无人可供询问"),
    ("with --yes nothing is asked", "加 --yes 则不再询问"),
    ("{} keeps to the rules.", "{} 符合全部规则。"),
    ("{} breaks a rule.", "{} 违反一条规则。"),
    ("{} breaks {} rules.", "{} 违反 {} 条规则。"),
    (
        "plugin {} crashed three times in ten minutes: it rests now",
        "插件 {} 十分钟内崩溃三次，现已停用",
    ),
    ("try it again with: kehu plugin retry {}", "如要再试：kehu plugin retry {}"),
    ("look at it and allow it: kehu plugin allow {}", "查看并允许：kehu plugin allow {}"),
    ("pack {}: it has not been allowed on this machine yet", "包 {}：尚未在本机获准运行"),
    ("pack {}: it rests after three crashes in ten minutes", "包 {}：十分钟内崩溃三次，已停用"),
    (
        "pack {}: native plugins are switched off by --no-plugins",
        "包 {}：--no-plugins 已关闭原生插件",
    ),
    (
        "with --locked every plugin that is on must be the very one of kehu.lock",
        "使用 --locked 时，启用的插件必须与 kehu.lock 完全一致",
    ),
    ("{} has no plugin \"{}\"", "{} 中没有插件 \"{}\""),
    ("see which there are: kehu plugin list", "查看已有插件：kehu plugin list"),
    ("no plugin \"{}\" has crashed on this machine", "本机没有崩溃过的插件 \"{}\""),
    ("{} is there already", "{} 已存在"),
    ("take another name, or move it away", "请换一个名称，或先移走它"),
    ("\"{}\" is no name of a plugin", "\"{}\" 不能作插件名"),
    (
        "write words of small letters and digits, joined by -, such as credit-risk",
        "请用小写字母和数字，以 - 连接，例如 credit-risk",
    ),
    (
        "a plugin in Rust needs the folder plugins/sdk of kehu's sources",
        "用 Rust 编写插件需要 kehu 源码中的 plugins/sdk 文件夹",
    ),
    ("name it with --sdk DIR", "请用 --sdk DIR 指明"),
    ("{} is not a shared library", "{} 不是动态库"),
    (
        "{} is another file than the one that was added: its SHA-256 is {}, expected {}",
        "{} 与添加时的文件不同：SHA-256 为 {}，应为 {}",
    ),
    ("if that is meant, add it again", "如属有意，请重新添加"),
];
