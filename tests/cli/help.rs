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
