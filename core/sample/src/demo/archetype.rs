//! The sorts of dealers that a distributor has.

/// Describes how dealers of one sort trade; days are counted back from the last day, and each pair
/// holds the least and the most.
#[derive(Debug)]
pub(super) struct Archetype {
    /// How many there are.
    pub(super) count: usize,
    /// When they began to buy; none never did.
    pub(super) first: Option<(i64, i64)>,
    /// When they bought last.
    pub(super) last: (i64, i64),
    /// The days between two purchases.
    pub(super) every: (i64, i64),
    /// The yuan of a purchase.
    pub(super) amount: (i64, i64),
    /// What a purchase was at the beginning, in hundredths of what it is at the end.
    pub(super) began_at: i64,
    /// The margin in thousandths.
    pub(super) margin: (i64, i64),
    /// After how many days an invoice is paid.
    pub(super) pays_after: (i64, i64),
    /// How many of a hundred invoices are paid at all.
    pub(super) pays: u64,
    /// The days between two contacts.
    pub(super) contact_every: (i64, i64),
    /// How many of a hundred dealers have ever complained.
    pub(super) complains: u64,
    /// The least and the most of the credit, 0 to 100.
    pub(super) credit: (i64, i64),
    /// A tag by which the sales team knows them.
    pub(super) tag: Option<&'static str>,
}

/// Buys every few weeks, and pays: what the others are told apart from.
const STEADY: Archetype = Archetype {
    count: 54,
    first: Some((400, 540)),
    last: (2, 42),
    every: (14, 28),
    amount: (5_000, 11_000),
    began_at: 90,
    margin: (140, 230),
    pays_after: (15, 40),
    pays: 97,
    contact_every: (18, 34),
    complains: 15,
    credit: (55, 85),
    tag: None,
};

/// Buys small lots every few days.
const CORNER: Archetype = Archetype {
    count: 30,
    first: Some((480, 540)),
    last: (1, 10),
    every: (5, 8),
    amount: (700, 1_800),
    pays_after: (0, 7),
    contact_every: (22, 45),
    ..STEADY
};

/// The dealers who carry the business.
const CORE: Archetype = Archetype {
    count: 36,
    first: Some((480, 540)),
    last: (1, 12),
    every: (5, 9),
    amount: (18_000, 36_000),
    margin: (160, 240),
    pays_after: (20, 35),
    pays: 99,
    contact_every: (7, 14),
    complains: 30,
    credit: (75, 98),
    tag: Some("key"),
    ..STEADY
};

/// Few orders, each a lorry full.
const BULK: Archetype = Archetype {
    count: 18,
    first: Some((420, 540)),
    last: (3, 36),
    every: (45, 75),
    amount: (90_000, 180_000),
    margin: (110, 170),
    contact_every: (20, 35),
    credit: (65, 92),
    ..STEADY
};

/// All archetypes; the first is the one whose dealers an explanation is best shown of.
pub(super) const ALL: [Archetype; 13] = [
    CORE,
    // Growing: came a year ago, and buys more each time.
    Archetype {
        count: 30,
        first: Some((240, 420)),
        last: (1, 14),
        every: (8, 16),
        amount: (12_000, 26_000),
        began_at: 25,
        contact_every: (10, 20),
        credit: (60, 88),
        tag: Some("growing"),
        ..STEADY
    },
    STEADY,
    CORNER,
    BULK,
    // New: one to a few orders so far.
    Archetype {
        count: 30,
        first: Some((4, 44)),
        last: (1, 20),
        every: (10, 18),
        amount: (2_000, 7_000),
        began_at: 100,
        contact_every: (5, 12),
        complains: 5,
        credit: (45, 75),
        tag: Some("new"),
        ..STEADY
    },
    // Sleeping: bought now and then, and no longer does.
    Archetype {
        count: 36,
        first: Some((430, 540)),
        last: (185, 400),
        every: (25, 50),
        amount: (2_000, 8_000),
        contact_every: (50, 110),
        credit: (35, 70),
        ..STEADY
    },
    // Lost from the core: large and frequent, then silence.
    Archetype {
        count: 14,
        first: Some((515, 545)),
        last: (66, 150),
        contact_every: (25, 60),
        complains: 60,
        ..CORE
    },
    // Lost lorries.
    Archetype {
        count: 10,
        first: Some((490, 540)),
        last: (80, 230),
        every: (40, 60),
        amount: (150_000, 240_000),
        contact_every: (40, 80),
        ..BULK
    },
    // Lost corner shops.
    Archetype {
        count: 14,
        first: Some((530, 545)),
        last: (66, 150),
        every: (4, 6),
        contact_every: (40, 90),
        ..CORNER
    },
    // Hollow: volume without profit, paid late or never.
    Archetype {
        count: 10,
        last: (2, 20),
        every: (6, 10),
        amount: (22_000, 42_000),
        margin: (-25, 45),
        pays_after: (60, 120),
        pays: 70,
        credit: (20, 45),
        tag: Some("volume"),
        ..CORE
    },
    // Problem: complains often, and is called less and less.
    Archetype {
        count: 8,
        last: (5, 40),
        every: (10, 20),
        amount: (6_000, 14_000),
        contact_every: (30, 60),
        complains: 100,
        credit: (50, 80),
        tag: Some("complains"),
        ..STEADY
    },
    // Prospects: have not bought yet.
    Archetype {
        count: 10,
        first: None,
        contact_every: (6, 12),
        complains: 0,
        tag: Some("prospect"),
        ..STEADY
    },
];

/// Where in [`ALL`] the dealers who complain often stand.
pub(super) const PROBLEM: usize = 11;
