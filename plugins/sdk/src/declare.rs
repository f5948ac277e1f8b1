//! What a plugin declares: rules and outputs.

use std::panic::Location;

use kehu_abi as abi;

/// The place of a rule in the plugin's table; [`crate::rules!`] makes one for each rule.
#[repr(transparent)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleId(pub u32);

/// Declares a rule: a sentence by which the plugin explains what it gives.
#[repr(transparent)]
#[derive(Debug, Clone, Copy)]
pub struct Rule(pub(crate) abi::Rule);

impl Rule {
    /// Declares a rule by its name and its sentence in English and Chinese, in which `{1}`, `{2}`, …
    /// stand for arguments, `{value}` for the first and `{limit}` for the second.
    #[track_caller]
    pub const fn new(id: &'static str, en: &'static str, zh: &'static str) -> Self {
        let place = Location::caller();
        let none = abi::Str::new("");
        Self(abi::Rule {
            id: abi::Str::new(id),
            en: abi::Str::new(en),
            zh: abi::Str::new(zh),
            input: none,
            setting: none,
            file: abi::Str::new(place.file()),
            line: place.line(),
            n_arguments: 0,
            comparison: none,
        })
    }

    /// Lets the first argument be the customer's value of a needed column.
    #[must_use]
    pub const fn input(mut self, column: &'static str) -> Self {
        self.0.input = abi::Str::new(column);
        self
    }

    /// Lets the second argument be the value of a setting.
    #[must_use]
    pub const fn setting(mut self, name: &'static str) -> Self {
        self.0.setting = abi::Str::new(name);
        self
    }

    /// Makes a test of the rule: how its input compares with its setting, by `<`, `<=`, `>`, `>=`, `==`,
    /// `~=`, or `missing`, which needs no setting. `kehu explain --why-not` then says why it did not hold;
    /// the plugin still decides by itself.
    #[must_use]
    pub const fn test(mut self, comparison: &'static str) -> Self {
        self.0.comparison = abi::Str::new(comparison);
        self
    }

    /// Lets the plugin write so many arguments itself, at most 8.
    #[must_use]
    pub const fn arguments(mut self, count: u32) -> Self {
        assert!(count <= 8, "a rule has at most 8 arguments");
        self.0.n_arguments = count;
        self
    }
}

/// Says which rules explain one of the columns that a step gives.
#[repr(transparent)]
#[derive(Debug, Clone, Copy)]
pub struct Output(pub(crate) abi::Output);

impl Output {
    /// A column whose value is the sum of its rules' points.
    pub const fn sum(column: &'static str, rules: &'static [RuleId]) -> Self {
        Self::with(column, rules, abi::ADDITIVE)
    }

    /// A column whose value stands by itself; its rules say why.
    pub const fn value(column: &'static str, rules: &'static [RuleId]) -> Self {
        Self::with(column, rules, 0)
    }

    const fn with(column: &'static str, rules: &'static [RuleId], flags: u32) -> Self {
        Self(abi::Output {
            column: abi::Str::new(column),
            flags,
            n_factors: rules.len() as u32,
            // A `RuleId` is a `u32` in memory.
            factors: rules.as_ptr().cast(),
        })
    }

    pub(crate) const fn is_additive(&self) -> bool {
        self.0.flags & abi::ADDITIVE != 0
    }
}

/// Declares the plugin's rules: a constant [`RuleId`] for each, and the table `RULES`.
///
/// ```
/// use kehu_plugin::Rule;
/// kehu_plugin::rules! {
///     QUIET = Rule::new("quiet", "silent for {value} days", "{value} 天未购买").input("recency_days");
///     LARGE = Rule::new("large", "large amount", "金额大");
/// }
/// assert_eq!((QUIET.0, LARGE.0, RULES.len()), (0, 1, 2));
/// ```
#[macro_export]
macro_rules! rules {
    ($($(#[$about:meta])* $name:ident = $rule:expr;)*) => {
        $crate::rules!(@places [] $($(#[$about])* $name)*);
        /// The rules, in the order in which reasons refer to them.
        pub const RULES: &[$crate::Rule] = &[$($rule),*];
    };
    (@places [$($before:tt)*] $(#[$about:meta])* $name:ident $($rest:tt)*) => {
        $(#[$about])*
        #[allow(missing_docs, reason = "a rule's sentence says what it is")]
        pub const $name: $crate::RuleId = {
            let before: &[()] = &[$($before)*];
            $crate::RuleId(before.len() as u32)
        };
        $crate::rules!(@places [$($before)* (),] $($rest)*);
    };
    (@places [$($before:tt)*]) => {};
}
