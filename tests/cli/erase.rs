//! A person's data: all of it in one piece, and gone for good.

use crate::kit::Kit;
use insta::assert_snapshot;

/// True if any file of the workspace's database holds the word.
fn holds(kit: &Kit, word: &str) -> bool {
    let folder = std::fs::read_dir(kit.path()).unwrap();
    let files = folder.flatten().filter(|entry| {
        entry.file_name().into_string().is_ok_and(|name| name.starts_with("kehu.db"))
    });
    files
        .map(|entry| std::fs::read(entry.path()).unwrap())
        .any(|bytes| bytes.windows(word.len()).any(|window| window == word.as_bytes()))
}

#[test]
fn a_customer_s_data_is_exported_and_erased() {
    let kit = Kit::shop();
    kit.done("customer edit 'Ann Lee' --phone 139-0000 --place Wuhan");
    kit.done("contact add 'Ann Lee' 'Bob Kane' --phone 021-5555");
    kit.done("log purchase 'Ann Lee' --amount 120.50 --contact 'Bob Kane' --text 'paid by Bob'");
    kit.done("deal add 'Ann Lee' kitchen --amount 900");
    kit.done("log note 武汉钢铁 --text 'asked about Ann Lee'");
    kit.done("score");
    let whole = kit.json("customer export 'Ann Lee'");
    assert_eq!(whole["customer"][0]["phone"], "139-0000");
    assert_eq!(whole["contacts"][0]["name"], "Bob Kane");
    assert_eq!(whole["interactions"][0]["amount"], 120.5);
    assert_eq!(whole["deals"][0]["amount"], 900);
    assert_eq!(whole["moves"].as_array().unwrap().len(), 1);

    assert_snapshot!(kit.run("customer erase 'Ann Lee'"), @"
    [stderr]
    error: Ann Lee (C-3) would be erased for good: no undo brings it back, and nothing was done
    hint: --forever does it
    hint: kehu customer export C-3 keeps a copy for the customer
    [exit 1]
    ");
    assert!(holds(&kit, "139-0000"), "nothing was done yet");
    assert_snapshot!(kit.run("customer erase 'Ann Lee' --forever"), @"
    C-3
    [stderr]
    Erased C-3 for good (records: 5, earlier versions: 1).
    Runs and their reasons went too; next: kehu score
    Still named in the words of others: I-2.
    ");
    for word in ["139-0000", "Bob Kane", "021-5555", "paid by Bob", "kitchen"] {
        assert!(!holds(&kit, word), "{word} is still in the file");
    }
    assert_snapshot!(kit.run("customer show C-3"), @"
    C-3  [erased] C-3
      type         organisation
      consent      no
      archived     2024-03-01
      known since  2024-03-01

    Contacts
      id   name
      P-1  [erased] P-1

    Open deals
      id   name          pipeline  stage     since       amount  rep
      D-1  [erased] D-1  sales     prospect  2024-03-01  900.00  李伟

    Last interactions
      id   day         kind      amount  rep   contact
      I-1  2024-03-01  purchase  120.50  李伟  [erased] P-1
    ");
    assert_snapshot!(kit.run("undo"), @"
    [stderr]
    error: O-13 erased for good, which cannot be undone
    hint: kehu history lists what was done
    [exit 1]
    ");
    assert_snapshot!(kit.run("--lang zh contact erase P-1 --forever"), @"
    P-1
    [stderr]
    已彻底删除 P-1（记录 2 条，早先版本 0 个）。
    评分结果及其理由也已删除；下一步：kehu score
    ");
    kit.done("interaction edit I-2 --text 'asked about another shop'");
    kit.done("score");
}
