use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn an_unknown_command_names_the_nearest_one() {
    let kit = Kit::empty();
    assert_snapshot!(kit.run("custmer list"), @r"
    [stderr]
    error: unrecognized subcommand 'custmer'

      tip: a similar subcommand exists: 'customer'

    Usage: kehu [OPTIONS] <COMMAND>

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn every_command_tells_what_it_does() {
    let kit = Kit::empty();
    kit.done("help");
    for command in ["customer", "deal move", "log", "import", "undo"] {
        kit.done(&format!("help {command}"));
    }
    assert_snapshot!(kit.run("deal move --help"), @"
    Moves a deal to another stage

    Passing over a stage, moving back, or leaving a closed stage needs a reason. Entering a won stage
    writes one purchase, as soon as the deal has a customer. The packs that are on are asked first: a
    warning is shown and the move is done, a refusal writes nothing unless it is overruled.

    Usage: kehu deal move [OPTIONS] <DEAL> <STAGE>

    Arguments:
      <DEAL>
              The deal, by name or id

      <STAGE>
              The stage that it enters

    Options:
          --reason <REASON>
              Why

          --overrule
              Moves it although packs refuse; the deal's history keeps the reason and what stood against
              it

          --strict
              Fails if any pack does, and writes nothing

          --amount <AMOUNT>
              The amount from now on

          --on <DAY>
              The day on which it happened [default: today]

          --at <HH:MM>
              The time of day

          --by <REP>
              Who moved it, by name or id [default: who acts]

      -h, --help
              Print help (see a summary with '-h')

    Options of every command:
      -C, --workspace <DIR>
              Works in this folder's workspace instead of the one around the current folder

          --user <NAME>
              Acts as this person [default: the user's own settings, else the login name]

          --lang <en|zh>
              Speaks English or Chinese [default: the user's own settings, else the workspace's]

          --json
              Gives data as JSON

          --limit <N>
              Shows at most this many rows, 0 for all [default: 50; all with --json]

          --color <WHEN>
              Uses colour: auto, always or never

          --threads <N>
              Computes with this many threads [default: one a processor]

          --no-plugins
              Leaves native plugins out

          --log <LEVEL>
              Shows what packs log from this level on: debug, info, warning or error [default: warning]

          --locked
              Fails unless every pack and plugin that is on is the very one of kehu.lock

    Examples:
      kehu deal move D-7 intent
      kehu deal move 年度合同 signed --amount 480000 --reason '老板当场签字'
      kehu deal move D-7 lost --reason 'tied to a competitor' --on yesterday
      kehu deal move D-7 intent --overrule --reason '总经理已同意'
    ");
}

#[test]
fn completions_are_written_for_a_shell() {
    assert!(Kit::empty().run("completions bash").contains("_kehu"));
}

#[test]
fn help_and_mistyped_words_are_answered_in_chinese_too() {
    let kit = Kit::empty();
    let front = kit.run("--lang zh help");
    assert!(front.starts_with("可编程的客户管理"), "{front}");
    for words in [
        "用法：",
        "建立工作区:",
        "  init         建立工作区",
        "退出码：0 完成",
        "选项：",
        "显示版本",
    ] {
        assert!(front.contains(words), "{words}: {front}");
    }
    assert_snapshot!(kit.run("deal add --help --lang zh"), @"
    新建商机；只给一个词则没有客户

    已启用的包会参与判断，与 kehu deal move 相同。

    用法：kehu deal add [OPTIONS] <[CUSTOMER] NAME>...

    参数:
      <[CUSTOMER] NAME>...
              客户的名称或编号，加商机名称；或只写商机名称

    选项:
          --pipeline <PIPELINE>
              流程 [默认：kehu.toml 声明的第一个]

          --stage <STAGE>
              阶段 [默认：流程的第一个]

          --reason <REASON>
              为什么从该阶段开始

          --overrule
              即使包拒绝也新建；商机历史会保留原因与反对的理由

          --strict
              任何包出错即失败，不写入

          --amount <AMOUNT>
              预计金额 [默认：产品的价格]

          --rep <REP>
              归谁，姓名或编号 [默认：操作者]

          --product <PRODUCT>
              要卖什么，名称或编号

          --on <DAY>
              新建的日期 [默认：今天]

          --expected-close <DAY>
              预计成交的日期

          --field <NAME=VALUE>
              自定义字段；可多次给出

      -h, --help
              显示帮助（-h 显示摘要）

    所有命令的选项:
      -C, --workspace <DIR>
              使用此文件夹的工作区，而不是当前文件夹所在的

          --user <NAME>
              以此人身份操作 [默认：用户自己的设置，否则为登录名]

          --lang <en|zh>
              说英文或中文 [默认：用户自己的设置，否则为工作区的]

          --json
              以 JSON 给出数据

          --limit <N>
              最多显示这么多行，0 为全部 [默认：50；--json 时为全部]

          --color <WHEN>
              使用颜色：auto、always 或 never

          --threads <N>
              用这么多线程计算 [默认：每个处理器一个]

          --no-plugins
              不使用原生插件

          --log <LEVEL>
              显示包从此级别起的日志：debug、info、warning 或 error [默认：warning]

          --locked
              除非启用的包与插件和 kehu.lock 完全一致，否则失败

    示例：
      kehu deal add 武汉钢铁 '年度合同' --amount 500000 --rep 李伟
      kehu deal add 'Trade fair lead' --on yesterday        尚无客户
    ");
    assert_snapshot!(kit.run("--lang=zh custmer list"), @"
    [stderr]
    错误：没有命令“custmer”
    提示：是否想写 customer？

    用法：kehu [OPTIONS] <COMMAND>

    更多说明：--help
    [exit 2]
    ");
    assert_snapshot!(kit.run("--lang zh customer add"), @"
    [stderr]
    错误：缺少必需的参数：<NAME>

    用法：kehu customer add <NAME>

    更多说明：--help
    [exit 2]
    ");
    assert_snapshot!(kit.run("--lang zh score --threads 0"), @"
    [stderr]
    错误：“0”不能用于“--threads <N>”：0 不在 1..=1024 中

    更多说明：--help
    [exit 2]
    ");
    assert_snapshot!(kit.run("--lang zh score --as-off today"), @"
    [stderr]
    错误：不认识参数“--as-off”
    提示：是否想写 --as-of？

    用法：kehu score --as-of <DAY>

    更多说明：--help
    [exit 2]
    ");
    kit.done("--lang zh init .");
    assert!(kit.run("score --hepl").starts_with("[stderr]\n错误：不认识参数“--hepl”"));
}
