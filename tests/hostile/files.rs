//! Files to import that are not what they should be.

use crate::kit::Kit;

const MAP: &str = r#"name = "till"
[[table]]
into = "interaction"
create_customers = true
[table.columns]
kind = { value = "purchase" }
customer = "who"
day = "day"
amount = "amount"
"#;

/// What an import of these bytes says; nothing of it may be kept.
fn refused(bytes: &[u8]) -> String {
    let kit = Kit::new();
    kit.write("map.toml", MAP);
    std::fs::write(kit.path().join("sales.csv"), bytes).unwrap();
    let told = kit.run("import sales.csv --map map.toml");
    assert_eq!(kit.json("customer list").as_array().map(Vec::len), Some(0), "{told}");
    told
}

#[test]
fn a_file_that_is_no_table_is_refused_as_a_whole() {
    let wide: Vec<u8> = (0_u8..=255).cycle().take(4_096).collect();
    let cases: [(&str, &[u8], &str); 6] = [
        ("empty", b"", "empty"),
        ("only a header", b"who,day,amount\n", "has a header, but no rows"),
        ("header twice", b"who,day,who,amount\na,2024-01-01,b,3\n", "who"),
        ("a column is missing", b"whom,day,amount\na,2024-01-01,3\n", "who"),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "error"),
        ("bytes of all sorts", &wide, "error"),
    ];
    for (name, bytes, expected) in cases {
        let told = refused(bytes);
        assert!(told.contains(expected), "{name}: {told}");
        assert!(told.ends_with("[exit 1]\n"), "{name}: {told}");
    }
    let kit = Kit::new();
    kit.write("map.toml", MAP);
    let told = kit.run("import nowhere.csv --map map.toml");
    assert!(told.contains("nowhere.csv") && told.ends_with("[exit 1]\n"), "{told}");
}

#[test]
fn a_field_of_ten_megabytes_is_one_bad_row() {
    let kit = Kit::new();
    kit.write("map.toml", MAP);
    let long = "x".repeat(10 * 1024 * 1024);
    let text = format!("who,day,amount\nAnn,2024-01-01,3\n{long},2024-01-02,4\nBob,2024-01-03,5\n");
    kit.write("sales.csv", &text);
    let told = kit.run("import sales.csv --map map.toml");
    assert!(told.len() < 20_000, "the field itself is not shown: {} bytes", told.len());
    assert!(told.contains("sales.csv:3") && told.ends_with("[exit 3]\n"), "{told}");
    assert_eq!(kit.json("customer list").as_array().map(Vec::len), Some(2));
}
