//! What the readers make of sound and of hostile files.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use kehu_domain::rows::{Delimiter, Row, RowError, RowSource as _, SourceError, TextFormat};

use crate::csv::{CsvSource, open, read};

fn format(delimiter: Delimiter) -> TextFormat {
    TextFormat { delimiter, ..TextFormat::default() }
}

fn bytes(bytes: &[u8]) -> Result<CsvSource, SourceError> {
    read("a.csv", Cursor::new(bytes.to_vec()), &TextFormat::default())
}

fn refusal(source: Result<CsvSource, SourceError>) -> String {
    let error = source.map(|_| ()).unwrap_err();
    match &error.hint {
        Some(hint) => format!("{error} ({hint})"),
        None => error.to_string(),
    }
}

/// Every row as `line: cell|cell`, or what is wrong with it.
fn rows(mut source: CsvSource) -> Vec<String> {
    let (mut row, mut rows) = (Row::default(), Vec::new());
    loop {
        match source.next(&mut row) {
            Ok(false) => return rows,
            Ok(true) => {
                let cells: Vec<&str> = (0..row.len()).map(|at| row.cell(at)).collect();
                rows.push(format!("{}: {}", row.line(), cells.join("|")));
            }
            Err(RowError::Bad(bad)) => {
                let column = bad.column.map(|name| format!(" [{name}]")).unwrap_or_default();
                rows.push(format!("{}{column} {}", bad.line, bad.why));
            }
            Err(RowError::Broken(error)) => panic!("{error}"),
        }
    }
}

fn rows_of(text: &str) -> Vec<String> {
    rows(bytes(text.as_bytes()).unwrap())
}

#[test]
fn rows_come_with_their_lines_whatever_ends_them() {
    let expected = ["2: 1|2", "4: 3|4"];
    assert_eq!(rows_of("a,b\n1,2\n\n3,4\n"), expected);
    assert_eq!(rows_of("a,b\r\n1,2\r\n\r\n3,4"), expected);
    assert_eq!(rows_of("a,b\r1,2\r\r3,4\r"), expected);
    assert_eq!(rows_of("a,b\n1,2\r\n\r3,4\n\n \n"), expected);
}

#[test]
fn quotes_may_hold_delimiters_quotes_and_line_ends() {
    assert_eq!(rows_of("a,b\n\"1,\"\"x\"\"\r\ny\",2\n3,\"\"\n"), ["2: 1,\"x\"\r\ny|2", "4: 3|"]);
}

#[test]
fn a_row_of_another_width_is_bad_and_the_next_one_is_read() {
    assert_eq!(
        rows_of("a,b\n1\n1,2,3\n1,2\n"),
        ["2 has 1 cell, expected 2", "3 has 3 cells, expected 2", "4: 1|2"]
    );
    assert_eq!(rows_of("a\n1\n\n2\n"), ["2: 1", "4: 2"]);
}

#[test]
fn a_quote_that_is_never_closed_names_the_line_where_it_opens() {
    assert_eq!(
        rows_of("a,b\n1,2\n\"3,4\n5,6\n"),
        ["2: 1|2", "3 opens a quote that is never closed; lines 3 to 5 are lost"]
    );
}

#[test]
fn a_nul_byte_is_refused_in_its_cell() {
    assert_eq!(rows_of("a,b\n1,2\0\n3,4\n"), ["2 [b] holds a NUL byte", "3: 3|4"]);
}

#[test]
fn a_cell_of_ten_megabytes_is_refused_and_the_rest_goes_on() {
    let huge = "x".repeat(10 << 20);
    let expected = ["2 [b] holds more than 1 MiB in a cell", "3: 3|4"];
    assert_eq!(rows_of(&format!("a,b\n1,{huge}\n3,4\n")), expected);
    let quoted = rows_of(&format!("a,b\n1,\"{huge}\n{huge}\"\n3,4\n"));
    assert_eq!(quoted, ["2 [b] holds more than 1 MiB in a cell", "4: 3|4"]);
    let just = "x".repeat(1 << 20);
    assert!(rows_of(&format!("a,b\n1,{just}\n"))[0].starts_with("2: 1|x"));
    let wide = ",".repeat(1 << 20);
    assert_eq!(rows_of(&format!("a,b\n{wide}\n3,4\n")), ["2 has more than 65536 cells", "3: 3|4"]);
}

#[test]
fn the_encoding_is_found_out_and_shown() {
    let text = "客户,城市\n华兴贸易有限公司,上海\n李伟,北京\n";
    let (gbk, ..) = encoding_rs::GBK.encode(text);
    let (gb18030, ..) = encoding_rs::GB18030.encode("客户,城市\n华兴贸易有限公司𠮷,上海\n");
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF_u16).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let utf16_big: Vec<u8> =
        std::iter::once(0xFEFF_u16).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let marked = format!("\u{FEFF}{text}");
    for (file, encoding) in [
        (text.as_bytes(), "UTF-8"),
        (marked.as_bytes(), "UTF-8"),
        (&gbk, "GBK"),
        (&gb18030, "GB18030"),
        (&utf16, "UTF-16LE"),
        (&utf16_big, "UTF-16BE"),
    ] {
        let source = bytes(file).unwrap();
        assert_eq!((source.encoding(), source.columns()[0].as_str()), (encoding, "客户"));
        let rows = rows(source);
        assert!(
            rows[0].starts_with("2: 华兴贸易有限公司") && rows[0].ends_with("|上海"),
            "{rows:?}"
        );
    }
}

#[test]
fn gbk_is_found_behind_a_long_stretch_of_ascii() {
    let ascii = "name,city\n".to_owned() + &"Anna,Paris\n".repeat(200_000);
    let (tail, ..) = encoding_rs::GBK.encode("华兴贸易有限公司,上海\n");
    let mut file = ascii.into_bytes();
    file.extend_from_slice(&tail);
    let source = bytes(&file).unwrap();
    assert_eq!(source.encoding(), "GBK");
    assert_eq!(rows(source).last().unwrap(), "200002: 华兴贸易有限公司|上海");
}

#[test]
fn an_encoding_that_is_not_taken_for_granted_is_asked_for() {
    let (latin, ..) =
        encoding_rs::WINDOWS_1252.encode("Histórico,Número\nCâmara dos Deputados,São João\n");
    let refused = refusal(bytes(&latin));
    assert!(refused.starts_with("a.csv:1: is neither UTF-8 nor GBK or GB18030"), "{refused}");
    let named = TextFormat { encoding: Some("windows-1252".to_owned()), ..TextFormat::default() };
    let source = read("a.csv", Cursor::new(latin.to_vec()), &named).unwrap();
    assert_eq!(rows(source), ["2: Câmara dos Deputados|São João"]);
    let slip = TextFormat { encoding: Some("gb18031".to_owned()), ..TextFormat::default() };
    assert_eq!(
        refusal(read("a.csv", Cursor::new(b"a\n1\n".to_vec()), &slip)),
        "a.csv: \"gb18031\" is no encoding (did you mean \"gb18030\"?)"
    );
}

#[test]
fn one_broken_letter_is_the_fault_of_its_row() {
    let mut file = "name,city\n".to_owned().into_bytes();
    for _ in 0..100 {
        file.extend_from_slice("华兴贸易,上海\n".as_bytes());
    }
    file.extend_from_slice(b"x,\xE5\xE5\n");
    let rows = rows(bytes(&file).unwrap());
    assert_eq!(
        (rows.len(), rows[100].as_str()),
        (101, "102 [city] holds bytes that are not UTF-8")
    );
    let named = TextFormat { encoding: Some("gbk".to_owned()), ..TextFormat::default() };
    let source = read("a.csv", Cursor::new(b"a,b\n1,\xFF\n2,3\n".to_vec()), &named).unwrap();
    assert_eq!(self::rows(source), ["2 [b] holds bytes that are not GBK", "3: 2|3"]);
}

#[test]
fn what_is_no_csv_is_refused_by_name() {
    assert_eq!(refusal(bytes(b"")), "a.csv: is empty");
    assert_eq!(refusal(bytes(b"\xEF\xBB\xBF")), "a.csv: is empty");
    assert_eq!(refusal(bytes(b"\n\r\n")), "a.csv: is empty");
    assert!(refusal(bytes(b"PK\x03\x04rest")).contains("an Excel workbook"));
    assert!(refusal(bytes(b"a\0,\0b\0\n\x001\0,\x002\0")).contains("encoding = \"utf-16le\""));
    assert!(refusal(bytes(&[0; 64])).contains("is no text"));
    assert_eq!(
        refusal(bytes(b"a,b,a\n1,2,3\n")),
        "a.csv:1, column \"a\": two columns are called \"a\" (give each column of the header a name of its own)"
    );
    assert_eq!(
        refusal(open(Path::new("/nowhere/b.csv"), "b.csv", &TextFormat::default())),
        "b.csv: is not there"
    );
    assert_eq!(
        refusal(open(Path::new("/"), "b", &TextFormat::default())),
        "b: is a folder, not a file"
    );
}

#[test]
fn a_header_may_be_missing_and_cells_parted_by_other_signs() {
    let named = |delimiter, names: &[&str]| TextFormat {
        names: Some(names.iter().map(|name| (*name).to_owned()).collect()),
        ..format(delimiter)
    };
    let blanks = named(Delimiter::Whitespace, &["id", "day", "sum"]);
    let file = Cursor::new(" 1  19970101\t29.33 \r\n\n 2 19970102\n3 4 5");
    assert_eq!(
        rows(read("a.txt", file, &blanks).unwrap()),
        ["1: 1|19970101|29.33", "3 has 2 cells, expected 3", "4: 3|4|5"]
    );
    let tabs = Cursor::new("a\tb\n1\t2\n");
    assert_eq!(
        rows(read("a.txt", tabs, &format(Delimiter::Character(b'\t'))).unwrap()),
        ["2: 1|2"]
    );
}

#[test]
fn columns_without_a_name_do_no_harm() {
    let source = bytes(b"\"Title\",,\na,b,c\n").unwrap();
    assert_eq!(source.columns(), ["Title", "", ""]);
    assert_eq!(rows(source), ["2: a|b|c"]);
}

#[test]
fn progress_ends_at_the_whole_file() {
    let mut source = bytes("a\n1\n2\n".as_bytes()).unwrap();
    let mut row = Row::default();
    while source.next(&mut row) == Ok(true) {}
    assert_eq!(source.progress(), (6, 6));
}

fn published(folder: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    ["../shared/data", "../../shared/data"]
        .iter()
        .map(|data| root.join(data).join(folder))
        .find(|path| path.exists())
}

#[test]
fn the_published_corpus_is_read_as_its_answers_say() {
    let Some(folder) = published("csv_hostile/csv-spectrum") else { return };
    let mut read = 0;
    for file in std::fs::read_dir(folder.join("csvs")).unwrap() {
        let path = file.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        // The published answer to this one belongs to another file.
        if stem == "location_coordinates" {
            continue;
        }
        let answer = std::fs::read_to_string(folder.join(format!("json/{stem}.json"))).unwrap();
        // The published copies of the files have lost their carriage returns.
        let answer = answer.replace("\\r\\n", "\\n");
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let mut source = open(&path, &stem, &TextFormat::default()).unwrap();
        let (mut row, mut rows) = (Row::default(), Vec::new());
        while source.next(&mut row).unwrap() {
            let cells = source.columns().iter().enumerate();
            let cells = cells.map(|(at, name)| (name.clone(), row.cell(at).into()));
            rows.push(serde_json::Value::Object(cells.collect()));
        }
        assert_eq!(serde_json::Value::Array(rows), answer, "{stem}");
        read += 1;
    }
    assert_eq!(read, 11);
}

#[test]
fn the_published_malformed_files_are_read_or_refused_without_a_fall() {
    let Some(folder) = published("csv_hostile/csvlint") else { return };
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let source = open(&path, &name, &TextFormat::default());
        match name.as_str() {
            "spreadsheet.xls" | "spreadsheet.xlsx" => assert!(refusal(source).contains("Excel")),
            "invalid-byte-sequence.csv" => assert!(refusal(source).contains("encoding = ")),
            _ => assert!(!rows(source.unwrap()).is_empty(), "{name}"),
        }
    }
}
