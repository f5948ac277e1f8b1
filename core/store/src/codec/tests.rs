use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), Just(f64::NAN), Just(-0.0), (0..9_i32).prop_map(f64::from)]
}

fn text_column() -> impl Strategy<Value = ColumnData> {
    let row = proptest::option::weighted(0.8, "[a-c东]{0,3}");
    vec(row, 0..600).prop_map(|rows| {
        let mut builder = kehu_contract::TextBuilder::default();
        for row in &rows {
            builder.push(row.as_deref());
        }
        builder.finish()
    })
}

fn column() -> impl Strategy<Value = ColumnData> {
    prop_oneof![
        vec(number(), 0..100).prop_map(ColumnData::Number),
        vec(any::<i32>(), 0..100).prop_map(ColumnData::Day),
        vec(0..=2_u8, 0..100).prop_map(ColumnData::Flag),
        text_column(),
    ]
}

/// Rows of reasons, each with its rule, points and arguments.
fn reasons() -> impl Strategy<Value = Reasons> {
    let argument = prop_oneof![number().prop_map(Ok), "[a-b]{0,2}".prop_map(Err)];
    let entry = (any::<u16>(), number(), vec(argument, 0..3));
    vec(vec(entry, 0..4), 0..50).prop_map(|rows| {
        let mut reasons = Reasons::default();
        for row in rows {
            for (rule, points, arguments) in row {
                for argument in arguments {
                    let argument = match argument {
                        Ok(number) => Argument::Number(number),
                        Err(text) => {
                            reasons.texts.push(text);
                            Argument::Text(reasons.texts.len() as u32 - 1)
                        }
                    };
                    reasons.arguments.push(argument);
                }
                let arguments_end = reasons.arguments.len() as u32;
                reasons.entries.push(Reason { rule, points, arguments_end });
            }
            reasons.ends.push(reasons.entries.len() as u32);
        }
        reasons
    })
}

/// Two things are the same if they are written alike: NaN equals NaN, 0 does not equal -0.
fn same(one: &impl std::fmt::Debug, other: &impl std::fmt::Debug) -> bool {
    format!("{one:?}") == format!("{other:?}")
}

proptest! {
    #[test]
    fn ids_come_back(ids in vec(any::<i64>(), 0..200)) {
        prop_assert_eq!(decode_ids(&encode_ids(&ids)).unwrap(), ids);
    }

    #[test]
    fn columns_come_back_to_the_bit(column in column()) {
        let bytes = encode_column(&column);
        let back = decode_column(&bytes).unwrap();
        prop_assert!(same(&back, &column));
        prop_assert_eq!(encode_column(&back), bytes);
    }

    #[test]
    fn a_slice_keeps_only_the_texts_that_it_uses(column in text_column(), start in 0..300_usize) {
        let start = start.min(column.len());
        let slice = column.slice(start, column.len().min(start + 5));
        let back = decode_column(&encode_column(&slice)).unwrap();
        for row in 0..slice.len() {
            prop_assert_eq!(back.value(row), slice.value(row));
        }
        if let ColumnData::Text { values, .. } = back {
            prop_assert!(values.len() <= 5);
        }
    }

    #[test]
    fn reasons_come_back(reasons in reasons()) {
        prop_assert!(same(&decode_reasons(&encode_reasons(&reasons)).unwrap(), &reasons));
    }

    #[test]
    fn garbage_is_refused_or_read_but_never_breaks_anything(
        mut bytes in vec(any::<u8>(), 0..200),
        mark in prop_oneof![Just(b'i'), Just(b'n'), Just(b't'), Just(b'f'), Just(b'd'), Just(b'r')],
    ) {
        if bytes.len() >= 2 {
            (bytes[0], bytes[1]) = (VERSION, mark);
        }
        walk(&bytes);
    }

    #[test]
    fn a_changed_byte_is_refused_or_read_but_never_breaks_anything(
        column in column(),
        reasons in reasons(),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        for mut bytes in [encode_column(&column), encode_reasons(&reasons)] {
            let cut = place.index(bytes.len());
            prop_assert!(decode_column(&bytes[..cut]).is_err());
            prop_assert!(decode_reasons(&bytes[..cut]).is_err());
            bytes[cut] = byte;
            walk(&bytes);
        }
    }
}

/// Reads bytes as anything, and looks at all that was read.
fn walk(bytes: &[u8]) {
    decode_ids(bytes).ok();
    if let Ok(column) = decode_column(bytes) {
        for row in 0..column.len() {
            column.value(row);
        }
    }
    if let Ok(reasons) = decode_reasons(bytes) {
        for row in 0..reasons.ends.len() {
            for (_, arguments) in reasons.of(row) {
                for argument in arguments {
                    if let Argument::Text(place) = argument {
                        assert!((*place as usize) < reasons.texts.len());
                    }
                }
            }
        }
    }
}

#[test]
fn a_dictionary_at_each_border_of_width_comes_back() {
    for count in [0, 1, 254, 255, 256, 257, 65_535, 65_536, 65_537] {
        let mut builder = kehu_contract::TextBuilder::default();
        for value in 0..count {
            builder.push(Some(&value.to_string()));
        }
        builder.push(None);
        let column = builder.finish();
        assert_eq!(decode_column(&encode_column(&column)).unwrap(), column, "{count}");
    }
}

#[test]
fn a_count_that_nothing_stands_behind_sets_no_memory_aside() {
    for mark in [b'i', b'n', b't', b'f', b'd', b'r'] {
        let mut bytes = vec![VERSION, mark];
        write_number(u64::MAX, &mut bytes);
        assert!(decode_ids(&bytes).is_err());
        assert!(decode_column(&bytes).is_err());
        assert!(decode_reasons(&bytes).is_err());
    }
}
