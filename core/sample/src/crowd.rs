//! A base as large as one likes, streamed as CSV.

use std::io;

use kehu_domain::Day;

use crate::Random;
use crate::names::{self, REGIONS};
use crate::random::{high, mix};

/// How many months the interactions of a crowd cover.
const MONTHS: u32 = 24;
/// So many of the largest customers share their trade evenly, or the largest would outweigh all.
const LARGEST: u64 = 1_000;
/// How often another customer is looked for in place of one that is not there on a day.
const ATTEMPTS: u32 = 4;
/// How much is gathered before it is written.
const CHUNK: usize = 1 << 18;

/// Describes a base of any size: customers and, over 24 months, their purchases, calls and visits.
///
/// A tenth of a percent of a million customers makes a tenth of the trade, a fifth makes three
/// fifths; a fifth of them came late, a quarter has left. Interactions come in the order of their days, as exports do.
///
/// ```
/// use kehu_domain::Day;
/// use kehu_sample::Crowd;
/// let last_day = Day::parse("2026-06-30").unwrap();
/// let crowd = Crowd { seed: 1, customers: 10, interactions: 100, last_day };
/// let mut csv = Vec::new();
/// crowd.write_interactions(&mut csv).unwrap();
/// assert_eq!(csv.split(|byte| *byte == b'\n').count(), 102);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// From where all numbers are drawn.
    pub seed: u64,
    /// How many customers there are.
    pub customers: u64,
    /// How many interactions there are.
    pub interactions: u64,
    /// The last day on which anything happens.
    pub last_day: Day,
}

impl Crowd {
    /// The name of the customers' file in [`Crowd::MAPPING`].
    pub const CUSTOMERS: &'static str = "customers.csv";
    /// The name of the interactions' file in [`Crowd::MAPPING`].
    pub const INTERACTIONS: &'static str = "interactions.csv";
    /// The mapping by which the two files are imported.
    pub const MAPPING: &'static str = include_str!("crowd.toml");

    /// Writes the customers.
    ///
    /// # Errors
    /// Why nothing can be written.
    pub fn write_customers(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let mut buffer = b"id,name,city,credit\n".to_vec();
        for customer in 0..self.customers {
            let mut random = Random::stream(self.seed, customer);
            let region = &REGIONS[random.below(REGIONS.len() as u64) as usize];
            let town = random.pick(region);
            push_id(&mut buffer, customer);
            buffer.push(b',');
            buffer.extend_from_slice(names::chinese_firm(&mut random, town).as_bytes());
            push_number(&mut buffer, customer + 1);
            buffer.push(b',');
            buffer.extend_from_slice(town.zh.as_bytes());
            buffer.push(b',');
            push_number(&mut buffer, 30 + random.below(71));
            buffer.push(b'\n');
            flush_full(&mut buffer, out)?;
        }
        out.write_all(&buffer)
    }

    /// Writes the interactions.
    ///
    /// # Errors
    /// Why nothing can be written.
    pub fn write_interactions(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let days = self.days();
        let crowd = Picker::new(self, days.len() as u64);
        let mut random = Random::stream(self.seed, u64::MAX);
        let mut buffer = b"customer,day,kind,amount,margin,channel\n".to_vec();
        for row in 0..self.interactions {
            let day = (u128::from(row) * days.len() as u128 / u128::from(self.interactions)) as u64;
            let customer = crowd.pick(&mut random, day);
            push_id(&mut buffer, customer);
            buffer.push(b',');
            buffer.extend_from_slice(&days[day as usize]);
            push_deed(&mut buffer, &mut random, customer);
            flush_full(&mut buffer, out)?;
        }
        out.write_all(&buffer)
    }

    /// The days, as they are written.
    fn days(&self) -> Vec<Vec<u8>> {
        let first = self.last_day.minus_months(MONTHS).next();
        (0..=self.last_day.since(first))
            .map(|later| first.plus_days(later).to_string().into_bytes())
            .collect()
    }
}

/// Picks the customer with whom something happens.
struct Picker {
    seed: u64,
    customers: u64,
    largest: u64,
    stride: u64,
    days: u64,
}

impl Picker {
    fn new(crowd: &Crowd, days: u64) -> Self {
        let customers = crowd.customers.max(1);
        // Large customers stand anywhere in the list, not at its head.
        let near = high(0x9E37_79B9_7F4A_7C15, customers);
        let stride = (near..).find(|stride| common(*stride, customers) == 1).unwrap_or(1);
        Self { seed: crowd.seed, customers, largest: LARGEST.min(customers / 10 + 1), stride, days }
    }

    fn pick(&self, random: &mut Random, day: u64) -> u64 {
        let mut picked = 0;
        for _ in 0..ATTEMPTS {
            picked = self.any(random);
            if self.is_there(picked, day) {
                break;
            }
        }
        picked
    }

    /// The cube of an even fraction: few are picked often, most are picked rarely.
    fn any(&self, random: &mut Random) -> u64 {
        let fraction = random.draw();
        let mut rank = high(high(high(fraction, fraction), fraction), self.customers);
        if rank < self.largest {
            rank = random.below(self.largest);
        }
        (u128::from(rank) * u128::from(self.stride) % u128::from(self.customers)) as u64
    }

    /// True if the customer has come by then and has not left.
    fn is_there(&self, customer: u64, day: u64) -> bool {
        let fate = mix(self.seed ^ mix(customer));
        let turn = high(mix(fate), self.days);
        match fate % 100 {
            0..55 => true,
            55..80 => day <= turn,
            _ => day >= turn,
        }
    }
}

/// The greatest common divisor.
fn common(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { common(other, one % other) }
}

/// What happened: seven in ten are purchases, which have an amount and a margin.
fn push_deed(buffer: &mut Vec<u8>, random: &mut Random, customer: u64) {
    match random.below(100) {
        0..70 => {
            buffer.extend_from_slice(b",purchase,");
            let scale = 1 + high(mix(customer), 20);
            let amount = scale * (500 + random.below(30_000));
            push_money(buffer, amount);
            buffer.push(b',');
            push_money(buffer, amount * (5 + random.below(30)) / 100);
            buffer.extend_from_slice(b",\n");
        }
        70..88 => buffer.extend_from_slice(b",call,,,phone\n"),
        _ => buffer.extend_from_slice(b",visit,,,on_site\n"),
    }
}

fn push_id(buffer: &mut Vec<u8>, customer: u64) {
    buffer.push(b'K');
    let number = customer + 1;
    let mut place = 10_000_000;
    while place > 1 && number < place / 10 {
        buffer.push(b'0');
        place /= 10;
    }
    push_number(buffer, number);
}

fn push_money(buffer: &mut Vec<u8>, minor: u64) {
    push_number(buffer, minor / 100);
    buffer.push(b'.');
    buffer.push(b'0' + (minor / 10 % 10) as u8);
    buffer.push(b'0' + (minor % 10) as u8);
}

fn push_number(buffer: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    buffer.extend_from_slice(&digits[at..]);
}

fn flush_full(buffer: &mut Vec<u8>, out: &mut dyn io::Write) -> io::Result<()> {
    if buffer.len() >= CHUNK {
        out.write_all(buffer)?;
        buffer.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
