//! What the host lends to a call, and errors.

use std::fmt;
use std::marker::PhantomData;

use kehu_abi as abi;
use serde_json::{Map, Value as Json};

/// Says why a plugin could not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    message: String,
    row: Option<usize>,
    cancelled: bool,
}

/// The result of what a plugin does.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

impl Error {
    /// Says what happened.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), row: None, cancelled: false }
    }

    /// Says at which row, so that the customer is named.
    #[must_use]
    pub fn at(mut self, row: usize) -> Self {
        self.row = Some(row);
        self
    }

    /// Says that the host asked to stop.
    pub fn cancelled() -> Self {
        Self { message: "stopped as the host asked".to_owned(), row: None, cancelled: true }
    }

    /// Hands the error to the host and returns the code that goes with it.
    pub(crate) fn tell(&self, call: Call<'_>) -> i32 {
        if self.cancelled {
            return abi::CANCELLED;
        }
        call.fail(self.row, &self.message);
        abi::FAILED
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<&str> for Error {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}

impl From<String> for Error {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// What the host lends to a call: the day, the seed, a way to speak.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    raw: *const abi::Call,
    borrowed: PhantomData<&'a abi::Call>,
}

#[expect(unsafe_code, reason = "the host's struct is read, and its functions are called")]
impl<'a> Call<'a> {
    /// Borrows what the host passed.
    ///
    /// # Safety
    /// `raw` is what the host passed to a callback that has not returned.
    pub(crate) unsafe fn new(raw: *const abi::Call) -> Self {
        Self { raw, borrowed: PhantomData }
    }

    fn raw(&self) -> &'a abi::Call {
        // SAFETY: by `new` the struct lives as long as `'a`; the host of this minor version, which
        // the entry asks for, has all of its fields.
        unsafe { &*self.raw }
    }

    /// The day as of which all is seen, counted from 1970-01-01: the only clock.
    pub fn as_of(&self) -> i32 {
        self.raw().as_of_day
    }

    /// The seed of the run: the only source of chance.
    pub fn seed(&self) -> u64 {
        self.raw().seed
    }

    /// True if the call should stop soon.
    pub fn is_cancelled(&self) -> bool {
        let flag = self.raw().cancel;
        // SAFETY: the host keeps the flag for the time of the call, and may change it meanwhile.
        !flag.is_null() && unsafe { flag.read_volatile() } != 0
    }

    /// Ends a long work when the host asks to stop: `call.check()?`.
    ///
    /// # Errors
    /// [`Error::cancelled`] if it did.
    pub fn check(&self) -> Result {
        if self.is_cancelled() { Err(Error::cancelled()) } else { Ok(()) }
    }

    /// Tells how much of the call is done, 0 to 1; whoever waits for it sees it.
    pub fn progress(&self, share: f64) {
        if let Some(progress) = self.raw().progress {
            // SAFETY: the function and its context are the host's own.
            unsafe { progress(self.raw().context, share) }
        }
    }

    /// Notes a message for whoever writes the plugin; shown with `--log debug`.
    pub fn debug(&self, text: &str) {
        self.log(abi::DEBUG, text);
    }

    /// Notes a message for whoever looks into what the plugin does; shown with `--log info`.
    pub fn info(&self, text: &str) {
        self.log(abi::INFO, text);
    }

    /// Notes a warning, which the person sees. What says the same is shown once.
    pub fn warn(&self, text: &str) {
        self.log(abi::WARN, text);
    }

    /// Notes what went wrong where the call goes on nevertheless, which the person sees; a call that
    /// cannot go on returns an error instead.
    pub fn error(&self, text: &str) {
        self.log(abi::ERROR, text);
    }

    fn log(&self, level: i32, text: &str) {
        if let Some(log) = self.raw().log {
            // SAFETY: as above; the text is only read.
            unsafe { log(self.raw().context, level, text.as_ptr(), text.len()) }
        }
    }

    pub(crate) fn fail(&self, row: Option<usize>, text: &str) {
        if let Some(fail) = self.raw().fail {
            let row = row.map_or(-1, |row| row as i64);
            // SAFETY: as above.
            unsafe { fail(self.raw().context, row, text.as_ptr(), text.len()) }
        }
    }

    pub(crate) fn emit(&self, bytes: &[u8]) -> Result {
        let Some(emit) = self.raw().emit else { return Err("the host takes no bytes here".into()) };
        // SAFETY: as above.
        match unsafe { emit(self.raw().context, bytes.as_ptr().cast(), bytes.len()) } {
            abi::OK => Ok(()),
            _ => Err(Error::new(format!("the host did not take {} bytes", bytes.len()))),
        }
    }

    pub(crate) fn code(&self, text: &str) -> u32 {
        // SAFETY: as above.
        self.raw().text.map_or(abi::MISSING_CODE, |code| unsafe {
            code(self.raw().context, text.as_ptr(), text.len())
        })
    }
}

/// What an instance is made of: the call, the settings, the state of the step's fit.
#[derive(Debug)]
pub struct Context<'a> {
    call: Call<'a>,
    settings: Map<String, Json>,
    state: &'a [u8],
}

impl<'a> Context<'a> {
    pub(crate) fn new(call: Call<'a>, settings: &[u8], state: &'a [u8]) -> Result<Self> {
        let settings = if settings.is_empty() {
            Map::new()
        } else {
            serde_json::from_slice(settings)
                .map_err(|error| format!("the settings are no JSON object: {error}"))?
        };
        Ok(Self { call, settings, state })
    }

    /// What the host lends.
    pub fn call(&self) -> &Call<'a> {
        &self.call
    }

    /// The day as of which all is seen, counted from 1970-01-01.
    pub fn as_of(&self) -> i32 {
        self.call.as_of()
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.call.seed()
    }

    /// What [`crate::Scorer::fit`] returned; empty if the step has none.
    pub fn state(&self) -> &'a [u8] {
        self.state
    }

    /// The settings' values: one for each that `pack.toml` declares.
    pub fn settings(&self) -> &Map<String, Json> {
        &self.settings
    }

    /// The value of a setting that is a number.
    ///
    /// # Errors
    /// There is none of that name, or it is no number.
    pub fn number(&self, name: &str) -> Result<f64> {
        self.setting(name, "a number", Json::as_f64)
    }

    /// The value of a setting that is a text.
    ///
    /// # Errors
    /// There is none of that name, or it is no text.
    pub fn text(&self, name: &str) -> Result<&str> {
        self.setting(name, "a text", Json::as_str)
    }

    /// The value of a setting that is true or false.
    ///
    /// # Errors
    /// There is none of that name, or it is neither.
    pub fn flag(&self, name: &str) -> Result<bool> {
        self.setting(name, "true or false", Json::as_bool)
    }

    fn setting<'s, T>(
        &'s self,
        name: &str,
        expected: &str,
        read: impl Fn(&'s Json) -> Option<T>,
    ) -> Result<T> {
        let value = self.settings.get(name);
        let value = value.ok_or_else(|| format!("pack.toml declares no setting \"{name}\""))?;
        read(value).ok_or_else(|| {
            Error::new(format!("setting \"{name}\" is {value}, expected {expected}"))
        })
    }
}
