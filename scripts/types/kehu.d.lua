---@meta kehu
-- Definitions of kehu for editors, written by: kehu api --format luacats
error("this file is for editors, it is never run")

---A whole number of days from 1970-01-01.
---@alias kehu.Day integer
---A list of rules and of lists that begin with a rule, or one rule.
---@alias kehu.Reasons kehu.Rule|(kehu.Rule|table)[]
---What kehu.rules gives.
---@class kehu.Rules

---What the host offers to every pack.
---@class kehuLibrary
---@field settings table The pack's settings, as the workspace has set them.
---@field none any Stands for nothing where a field is to be emptied: edit = { owner = kehu.none }.
---@field day kehu.dayLibrary Days.
---@field text kehu.textLibrary Texts by characters.
---@field number kehu.numberLibrary Rounding, bounds, percentages.
---@field log kehu.logLibrary Lines for whoever looks after the pack.
---@field list kehu.listLibrary Statistics over lists of numbers.
kehu = {}

---Declares a rule: a test, or a sentence that explains a value.
---Call it at the top of the file, once a rule; the host notes file and line. In the sentence {1} to {8} are the reason's arguments, {value} is {1}, {limit} is {2}, {1:amount} is shown as an amount, and {1|day|days} is the word that goes with the number {1}. Keys of labels, stages, states and choices are told by their words.
---@param rule { id: string, en: string, zh?: string, input?: string, op?: "<"|"<="|">"|">="|"=="|"~="|"missing", limit?: number, setting?: string, points?: number }
---@return kehu.Rule rule
function kehu.rule(rule) end

---Makes a list of rules that are applied in one go, much faster than one by one.
---Every rule in it has an op; call it at the top of the file.
---@param list kehu.Rule[]
---@return kehu.Rules rules
function kehu.rules(list) end

---Gives what another file of the pack returns.
---The name is the file's path in the pack, without ".lua"; call it at the top of the file.
---@param name string
---@return any module
function require(name) end

---Writes a line that only whoever tries the pack sees.
---@param ... any
function print(...) end

---A rule as the script holds it: it can be read, not changed.
---@class kehu.Rule
---@field id string Its name.
---@field input? string The column that it tests.
---@field op? string How it tests.
---@field limit? number The figure that it tests against, from the setting if it names one.
---@field setting? string The setting that holds the figure.
---@field points? number What it adds where it holds.
---@field en string Its sentence in English.
---@field zh string Its sentence in Chinese; empty if there is none.

---Days. A day is a whole number, counted from 1970-01-01, so that days can be added and compared.
---@class kehu.dayLibrary
kehu.day = {}

---Reads a day that is written as year-month-day.
---A text that is no such day is an error.
---@param text string
---@return kehu.Day day
function kehu.day.parse(text) end

---Writes a day as year-month-day.
---@param day kehu.Day
---@return string text
function kehu.day.format(day) end

---Makes a day of year, month and day of the month.
---A day that is in no calendar, such as 30 February, is an error.
---@param year integer
---@param month integer
---@param day integer
---@return kehu.Day day
function kehu.day.of(year, month, day) end

---Gives year, month and day of the month.
---@param day kehu.Day
---@return integer year
---@return integer month
---@return integer day
function kehu.day.parts(day) end

---Gives the day of the week, from 1 for Monday to 7 for Sunday.
---@param day kehu.Day
---@return integer weekday
function kehu.day.weekday(day) end

---Moves a day by calendar months, back if they are negative.
---The 31st becomes the last day of a shorter month.
---@param day kehu.Day
---@param months integer
---@return kehu.Day day
function kehu.day.add_months(day, months) end

---Counts the whole calendar months from one day to another, negative if the second comes first.
---12 months or more are a year or more.
---@param first kehu.Day
---@param last kehu.Day
---@return integer months
function kehu.day.months_between(first, last) end

---Gives the first day of a day's month.
---@param day kehu.Day
---@return kehu.Day day
function kehu.day.month_start(day) end

---Gives the last day of a day's month.
---@param day kehu.Day
---@return kehu.Day day
function kehu.day.month_end(day) end

---Texts by characters, not bytes: the functions of string count "客户" as 6, these as 2.
---@class kehu.textLibrary
kehu.text = {}

---Counts the characters.
---@param text string
---@return integer length
function kehu.text.len(text) end

---Takes the characters from the first place to the last.
---Places count from 1, negative ones from the end; without them the text begins or ends where it does.
---@param text string
---@param first? integer
---@param last? integer
---@return string text
function kehu.text.sub(text, first, last) end

---Writes all letters small.
---@param text string
---@return string text
function kehu.text.lower(text) end

---Writes all letters large.
---@param text string
---@return string text
function kehu.text.upper(text) end

---Takes the blanks off both ends, full-width ones too.
---@param text string
---@return string text
function kehu.text.trim(text) end

---Says whether a text contains another one, letter by letter; there are no patterns.
---@param text string
---@param part string
---@return boolean found
function kehu.text.contains(text, part) end

---Says whether a text begins with another one.
---@param text string
---@param part string
---@return boolean found
function kehu.text.starts_with(text, part) end

---Says whether a text ends with another one.
---@param text string
---@param part string
---@return boolean found
function kehu.text.ends_with(text, part) end

---Cuts a text at every separator.
---The separator is a plain text and not empty; there are at most 10,000 parts.
---@param text string
---@param separator string
---@return string[] parts
function kehu.text.split(text, separator) end

---Puts another text in place of every occurrence of a part.
---The part is a plain text and not empty.
---@param text string
---@param part string
---@param by string
---@return string text
function kehu.text.replace(text, part, by) end

---Counts the columns that a text takes in print: two for a Chinese character, one for a Latin letter.
---@param text string
---@return integer columns
function kehu.text.width(text) end

---Fills a text with blanks up to a number of columns, at its right if no side is given.
---A longer text stays as it is.
---@param text string
---@param columns integer
---@param side? "left"|"right"
---@return string text
function kehu.text.pad(text, columns, side) end

---Writes full-width letters, digits and blanks as ordinary ones.
---@param text string
---@return string text
function kehu.text.narrow(text) end

---Figures: rounding, bounds, percentages.
---@class kehu.numberLibrary
kehu.number = {}

---Rounds to so many digits after the point, halves to the even neighbour.
---Without digits it gives a whole number; digits lie from -15 to 15. What counts is the number as it is written: 2.675 is a half at two digits, though no computer holds it exactly.
---@param number number
---@param digits? integer
---@return number number
function kehu.number.round(number, digits) end

---Keeps a number within bounds.
---@param number number
---@param least number
---@param most number
---@return number number
function kehu.number.clamp(number, least, most) end

---Says how many percent of a whole a part is, rounded to so many digits.
---Of nothing there are no percent: where the whole is 0 it gives nil.
---@param part number
---@param whole number
---@param digits? integer
---@return number? percent
function kehu.number.percent(part, whole, digits) end

---Statistics over lists of numbers. Over the whole base, a fit's column objects have the same and are faster.
---@class kehu.listLibrary
kehu.list = {}

---Adds all numbers; 0 if there are none.
---@param list number[]
---@return number sum
function kehu.list.sum(list) end

---Gives the mean; nil of no numbers.
---@param list number[]
---@return number? figure
function kehu.list.mean(list) end

---Gives the median; nil of no numbers.
---Of an even count it lies halfway between the two in the middle.
---@param list number[]
---@return number? figure
function kehu.list.median(list) end

---Gives the value below which a share of the numbers lies; nil of no numbers.
---The share is 0 to 1; between two numbers it is interpolated, as pandas does and R by default (type 7).
---@param list number[]
---@param share number
---@return number? figure
function kehu.list.quantile(list, share) end

---Gives the standard deviation of a sample; nil of fewer than two numbers.
---The sum of squares is divided by n - 1, as in pandas and R.
---@param list number[]
---@return number? figure
function kehu.list.stddev(list) end

---Gives the least number; nil of none.
---@param list number[]
---@return number? figure
function kehu.list.min(list) end

---Gives the greatest number; nil of none.
---@param list number[]
---@return number? figure
function kehu.list.max(list) end

---Lines for whoever looks after the pack. They change nothing; warnings are shown, the rest with --log LEVEL.
---@class kehu.logLibrary
kehu.log = {}

---Notes what helps to find a mistake.
---@param message string at most 200 bytes of it are shown
---@param fields? table figures, texts and flags by name, at most 16
function kehu.log.debug(message, fields) end

---Notes what is good to know.
---@param message string at most 200 bytes of it are shown
---@param fields? table figures, texts and flags by name, at most 16
function kehu.log.info(message, fields) end

---Notes what somebody should look at.
---The line names the pack, file and line, and the customer that the hook is at.
---@param message string at most 200 bytes of it are shown
---@param fields? table figures, texts and flags by name, at most 16
function kehu.log.warn(message, fields) end

---What every hook's ctx has.
---@class kehu.Context
---@field as_of kehu.Day The day as of which all is seen: a pack has no clock.
---@field settings table The pack's settings, as kehu.settings.
---@field log kehu.logLibrary The same as kehu.log.
local kehu_Context = {}

---Draws a number that is the same in every run of the same seed.
---Without arguments from 0 to before 1; with one a whole number from 1 to it; with two from the first to the second. Each customer has a sequence of its own, whatever the order.
---@param least? integer
---@param most? integer
---@return number number
function kehu_Context.random(least, most) end

---ctx in score and visit_need: values that carry their reasons.
---@class kehu.ScoreContext: kehu.Context
---@field state? any What the step's fit returned; nil without one.
local kehu_ScoreContext = {}

---Gives a number or money column that is the sum of its points.
---@param column string a column that the step gives
---@return kehu.Points s
function kehu_ScoreContext:column(column) end

---Gives a label, one of its declared values, and why.
---@param column string a column that the step gives
---@param value string
---@param rule kehu.Rule
---@param ... number|string|nil what fills {1} to {8}
---@return any value
function kehu_ScoreContext:label(column, value, rule, ...) end

---Gives any other column, and why: a number, money, day, flag or text.
---@param column string a column that the step gives
---@param value any
---@param rule kehu.Rule
---@param ... number|string|nil what fills {1} to {8}
---@return any value
function kehu_ScoreContext:set(column, value, rule, ...) end

---Leaves a column without a value, and says why.
---@param column string a column that the step gives
---@param rule kehu.Rule
---@param ... number|string|nil what fills {1} to {8}
---@return any value
function kehu_ScoreContext:missing(column, rule, ...) end

---Tests a rule without noting anything.
---A rule never holds for a missing value, except one with op "missing".
---@param rule kehu.Rule
---@return boolean holds
function kehu_ScoreContext:holds(rule) end

---What ctx:column gives: a sum that notes each of its parts.
---@class kehu.Points
local kehu_Points = {}

---Tests a rule and, where it holds, adds its points and notes value and limit.
---It returns whether the rule held; of a list it returns nothing of use.
---@param rule kehu.Rule a rule with op, or what kehu.rules gives
---@return boolean held
function kehu_Points:apply(rule) end

---Adds points of your own making, with arguments for the rule's sentence.
---@param rule kehu.Rule
---@param points number
---@param ... number|string|nil what fills {1} to {8}
function kehu_Points:add(rule, points, ...) end

---Notes one more reason, without points.
---@param rule kehu.Rule
---@param ... number|string|nil what fills {1} to {8}
function kehu_Points:because(rule, ...) end

---A customer's row, c: the columns of the step's needs. A value that is missing is nil; a name that is not in needs is an error.
---@class kehu.Row
---@field [string] any

---ctx of a fit, which looks at the whole base before its step scores.
---@class kehu.FitContext: kehu.Context

---A column over the whole base, in a fit. Missing values do not count; of no values figures are nil.
---@class kehu.Column
local kehu_Column = {}

---Counts the customers that have a value.
---@return integer count
function kehu_Column:count() end

---Adds all values; 0 if there are none.
---@return number sum
function kehu_Column:sum() end

---Gives the mean.
---@return number? figure
function kehu_Column:mean() end

---Gives the median.
---@return number? figure
function kehu_Column:median() end

---Gives the value below which a share of the customers lies.
---The share is 0 to 1; between two values it is interpolated, as kehu.list.quantile.
---@param share number
---@return number? figure
function kehu_Column:quantile(share) end

---Gives the least value.
---@return number? figure
function kehu_Column:min() end

---Gives the greatest value.
---@return number? figure
function kehu_Column:max() end

---Gives the value of the last customer of the top share, ties included.
---With n customers that have a value, the top ⌈share × n⌉ are counted from the greatest value down.
---@param share number
---@return number? figure
function kehu_Column:cut_after(share) end

---Gives the value of the last of so many top customers.
---@param count integer
---@return number? figure
function kehu_Column:cut_after_count(count) end

---Gives the column with only those customers that have a value in another one.
---@param other kehu.Column
---@return kehu.Column column
function kehu_Column:where(other) end

---Counts the customers of each value of a label, text or flag; a flag counts under "yes" and "no".
---There are at most 10,000 distinct values.
---@return table counts
function kehu_Column:count_by() end

---ctx in follow_up.
---@class kehu.FollowUpContext: kehu.Context
local kehu_FollowUpContext = {}

---Makes a proposal of what to do; it counts once it is returned.
---At most 50 come back for one customer.
---@param proposal { action: string, channel: string, due: kehu.Day, promised?: boolean, fact_day?: kehu.Day, priority?: number, group?: string, deal?: integer, about?: integer, state?: string, fields?: table, edit?: table, because: kehu.Reasons, guidance?: kehu.Reasons }
---@return kehu.Made made
function kehu_FollowUpContext:propose(proposal) end

---case in follow_up: what is known of the customer beside its columns.
---@class kehu.Case
---@field name string The customer's name.
---@field customer table The customer's record.
---@field contacts table[] The people at the customer.
---@field tasks table[] The open tasks about the customer.
---@field threads kehu.Thread[] Its threads, the earliest first, closed ones too.
---@field deals kehu.Deal[] Its open deals, in the order of their ids.
---@field interactions kehu.Interaction[] Its last 20 interactions, the latest first.

---An open deal.
---@class kehu.Deal
---@field id integer Its id.
---@field name string Its name.
---@field pipeline string Its pipeline.
---@field stage string The stage that it is in.
---@field probability? number The stage's win probability, 0 to 1.
---@field amount? number Its amount in major units.
---@field since kehu.Day The day on which it entered its stage.
---@field days_in_stage integer The days that it has been in its stage.
---@field longest_stay? integer The longest stay that the pipeline allows the stage, in days.
---@field expected_close? kehu.Day The day on which it is expected to close.
---@field rep? string The name of the rep who has it.
---@field fields table Its custom fields: every declared one, nil where not known.

---An interaction.
---@class kehu.Interaction
---@field id integer Its id.
---@field kind string Its kind.
---@field happened kehu.Day Its day.
---@field days_ago integer The days from then to the as-of day.
---@field channel? string The channel.
---@field outcome? string The outcome.
---@field mood? string The mood.
---@field amount? number The amount in major units.
---@field state? string The state, for a kind that has states.
---@field about? integer The id of the earlier interaction that it is about.
---@field by? string The name of the rep by whom it was.
---@field contact? integer The id of the contact with whom it was.
---@field deal? integer The id of the deal that it was about.
---@field fields table Its custom fields: every declared one, nil where not known.

---A thread: an interaction of a kind with states, such as a complaint or a promise, and all that was done about it.
---@class kehu.Thread
---@field id integer The id of the interaction that began it.
---@field kind string Its kind.
---@field state? string Its state: the one of its last step that states one.
---@field open boolean True unless that state closes it.
---@field opened kehu.Day The day on which it began.
---@field days_open integer The days from then to the as-of day.
---@field hours_open number The hours from then to the as-of moment; where no time of day is recorded, from the end of its day, and 0 until then.
---@field due? kehu.Day By when it is due.
---@field rep? string The name of the rep who recorded it.
---@field deal? integer The id of the deal that it is about.
---@field contact? integer The id of the contact whom it concerns.
---@field about? integer The id of the earlier interaction that it is about.
---@field text? string Words.
---@field fields table The custom fields of its first interaction, and what only a later step says; nil where not known.
---@field steps kehu.ThreadStep[] Its steps, the earliest first; the first one began it.

---One step of a thread.
---@class kehu.ThreadStep
---@field id integer The id of the interaction that made it.
---@field kind string That one's kind.
---@field day kehu.Day Its day.
---@field minute? integer Its minute of the day.
---@field state? string The state that it put the thread into; nil if it left it.
---@field by? string The name of the rep who made it.
---@field channel? string The channel.
---@field text? string Words.

---ctx in review.
---@class kehu.ReviewContext: kehu.Context
---@field rows table The rows of the customers, by id.
local kehu_ReviewContext = {}

---Takes a proposal off today's list, and says why.
---@param proposal table
---@param rule kehu.Rule
---@param ... number|string|nil what fills {1} to {8}
---@return kehu.Made made
function kehu_ReviewContext:withhold(proposal, rule, ...) end

---Changes a proposal's day, channel, priority or group, and says why.
---In place of a rule and arguments there may be a list of reasons.
---@param proposal table
---@param changes { due?: kehu.Day, channel?: string, priority?: number, group?: string }
---@param rule kehu.Rule
---@param ... number|string|nil what fills {1} to {8}
---@return kehu.Made made
function kehu_ReviewContext:change(proposal, changes, rule, ...) end

---Says how to go about a proposal: how to talk, what to ask.
---A pack may advise more than once, and beside another verdict.
---@param proposal table
---@param rule kehu.Rule
---@param ... number|string|nil what fills {1} to {8}
---@return kehu.Made made
function kehu_ReviewContext:advise(proposal, rule, ...) end

---A proposal in review.
---@class kehu.Proposal
---@field customer integer The customer's id.
---@field c kehu.Row The customer's row.
---@field deal? integer The id of the deal that it is about.
---@field action string What is to be done.
---@field channel string By which channel.
---@field due kehu.Day By when.
---@field promised boolean True if that day was promised or set by a person; else it has been due since.
---@field contact boolean True if it reaches the customer, by the kind of its channel.
---@field fact_day kehu.Day The day of the fact that it rests on.
---@field priority number Its place in the worklist, 0 to 100, higher comes first.
---@field group string The part of the order of work that it belongs to.

---ctx in stage: return one of what these make, or nothing.
---@class kehu.StageContext: kehu.Context
local kehu_StageContext = {}

---Says that nothing stands against a move, and why.
---@param opinion { because: kehu.Reasons, advice?: kehu.Reasons }
---@return kehu.Made made
function kehu_StageContext:allow(opinion) end

---Lets a move be done and tells people what speaks against it.
---@param opinion { because: kehu.Reasons, advice?: kehu.Reasons }
---@return kehu.Made made
function kehu_StageContext:warn(opinion) end

---Refuses a move; people can overrule it with a reason.
---@param opinion { because: kehu.Reasons, advice: kehu.Reasons }
---@return kehu.Made made
function kehu_StageContext:refuse(opinion) end

---case in stage: a deal that moves to another stage, is opened, or stays.
---@class kehu.StageCase
---@field deal table The deal's record, with stage, days_in_stage, opened, days_open, probability, amount and its own fields.
---@field stage? kehu.Stage The stage that it is in; nil while it is being opened.
---@field move? kehu.MoveAsked The move that is asked about; nil for a deal that stays.
---@field history kehu.Move[] Its moves so far, the earliest first.
---@field customer? table The customer's record; nil if the deal has none yet.
---@field contacts table[] The people at the customer.
---@field interactions kehu.Interaction[] The customer's last 20 interactions, the latest first.
---@field threads kehu.Thread[] The customer's threads, the earliest first, closed ones too.

---A stage as its pipeline declares it.
---@class kehu.Stage
---@field name string Its name.
---@field order integer Its place in the pipeline, from 1.
---@field role "open"|"won"|"lost" What it means.
---@field probability? number The probability that a deal in it is won, 0 to 1.
---@field longest_stay? integer The longest stay, in days.
---@field exit_criteria string[] What must be on file before a deal leaves it forward.
---@field owner_role? string Whose task it is, in the workspace's own words.

---The move that stage is asked about.
---@class kehu.MoveAsked
---@field to kehu.Stage The stage that the deal is to enter.
---@field direction "open"|"forward"|"skip"|"back"|"lose"|"reopen" How that lies to the pipeline's order.
---@field passed string[] The open stages that it passes over.
---@field day kehu.Day The day.
---@field reason? string The reason that was given.
---@field amount? number The amount from now on, in major units.

---A move in a deal's history.
---@class kehu.Move
---@field day kehu.Day The day.
---@field stage string The stage that the deal entered.
---@field days integer The days that it stayed there.
---@field by? string Who moved it.
---@field reason? string Why.
---@field overruled? string The rules that stood against it and were overruled.
---@field amount? number The amount as of then, in major units.

---ctx in on_event: return a list of what these make, at most 20, or nothing.
---@class kehu.EventContext: kehu.Context
local kehu_EventContext = {}

---Makes a task.
---Of one pack, customer, deal, first rule and fact_day there is one task, whatever became of it.
---@param task { what: any, due: kehu.Day, rep?: string, deal?: integer, fact_day?: kehu.Day, because: kehu.Reasons }
---@return kehu.Made made
function kehu_EventContext:task(task) end

---Puts a tag on the event's customer.
---@param tag { tag: string, because: kehu.Reasons }
---@return kehu.Made made
function kehu_EventContext:tag(tag) end

---Takes a tag off the event's customer.
---@param tag { tag: string, because: kehu.Reasons }
---@return kehu.Made made
function kehu_EventContext:untag(tag) end

---Writes a note about the event's customer.
---@param note { text: any, because: kehu.Reasons }
---@return kehu.Made made
function kehu_EventContext:note(note) end

---Sets a custom field of type flag of the event's customer.
---@param flag { field: string, value?: boolean, because: kehu.Reasons }
---@return kehu.Made made
function kehu_EventContext:flag(flag) end

---Changes the record of the event's customer.
---@param edit { set: table, because: kehu.Reasons }
---@return kehu.Made made
function kehu_EventContext:edit(edit) end

---Writes nothing: people are told.
---@param warning { because: kehu.Reasons, advice?: kehu.Reasons }
---@return kehu.Made made
function kehu_EventContext:warn(warning) end

---event in on_event: one record that a command has written.
---@class kehu.Event
---@field record "customer"|"contact"|"interaction"|"deal"|"move"|"task"|"rep"|"product"|"target" The sort of record.
---@field change "added"|"changed"|"removed" What became of it.
---@field id integer Its id.
---@field kind? string The kind of an interaction.
---@field command string The command that wrote it.
---@field by string Who acted.
---@field day kehu.Day The day on which it happened.
---@field before? table The record as it was; nil for a new one.
---@field after? table The record as it is; nil for one that is gone.
---@field about? table The earlier interaction that it is about.
---@field deal? table The deal that it belongs to, or is.
---@field customer? table The customer; nil for what belongs to none.
---@field contacts table[] The people at the customer.
---@field deals kehu.Deal[] The customer's open deals.
---@field interactions kehu.Interaction[] The customer's last 20 interactions, the latest first.

---ctx in import_row: return what one of these makes, or nothing.
---@class kehu.RowContext: kehu.Context
---@field record string The sort of record that rows become.
---@field file string The file, as the person named it.
local kehu_RowContext = {}

---Changes what a row says.
---@param change { set?: table, clear?: string[], because: kehu.Reasons }
---@return kehu.Made made
function kehu_RowContext:change(change) end

---Keeps a row out of the import.
---@param refusal { because: kehu.Reasons }
---@return kehu.Made made
function kehu_RowContext:refuse(refusal) end

---ctx in plan_visits.
---@class kehu.PlanContext: kehu.Context

---problem in plan_visits: one rep, some days, many customers.
---@class kehu.Problem
---@field rep string The rep's name.
---@field home? kehu.Point Where the rep starts and ends the day.
---@field from kehu.Day The first day of the period, working or not.
---@field to kehu.Day The last day of the period.
---@field days kehu.WorkDay[] The working days, in order.
---@field customers kehu.PlanCustomer[] The customers that may be visited.
---@field fixed table[] Visits that are agreed already, each with customer and day.
---@field speed number The speed of travel in kilometres an hour.
---@field seconds_per_way integer The seconds that each way takes beside its length.
---@field prospecting_share number The share of the working time that is kept for finding new customers, 0 to 1.
---@field seed integer The seed of the run.

---A working day of the rep.
---@class kehu.WorkDay
---@field day kehu.Day The day.
---@field seconds integer The seconds that can be worked.
---@field max_visits integer The most visits that can be made.

---A customer that may be visited.
---@class kehu.PlanCustomer
---@field customer integer Its id.
---@field name string Its name.
---@field place? kehu.Point Where it is.
---@field visits_per_month number How many visits a month it should have.
---@field visits integer How many visits fall due in the period.
---@field visits_a_round integer How many of them make one round, on days that follow each other.
---@field seconds integer How long a visit takes, in seconds.
---@field gap_days integer The days that should lie between two rounds.
---@field last_visit? kehu.Day The last visit before the plan begins.
---@field mode string How the customer is worked: rotating, anchored, dig_in or a pack's own word.
---@field purpose string What the visit is for.
---@field topics string What to talk about.
---@field value number What a visit is worth; those of least value are left out first.
---@field group string The part of the order of work that it belongs to.

---A place on the map.
---@class kehu.Point
---@field lat number Degrees north.
---@field lon number Degrees east.

---What functions of ctx make: return it, it has no fields.
---@class kehu.Made

---Groups tests under a name.
---@param name string
---@param body any a function
function describe(name, body) end

---Declares a test: it passes unless something in it fails.
---@param name string
---@param body any a function
function it(name, body) end

---Runs before each test of its group.
---@param body any a function
function before_each(body) end

---Names a test that is still to be written.
---@param name string
---@param body? any
function pending(name, body) end

---What a test asks the pack: each function hands it a fixture as a run would. Only tests.lua has it.
---@class testLibrary
---@field missing any Stands for a value that is missing, which nil in a table cannot.
test = {}

---Scores customers: gives each one's columns by name, all of them as values, and reasons by column.
---The results come as the customers were given: by name, as a list, or the one.
---@param fixture { customers?: table, customer?: table, settings?: table, as_of?: any, seed?: integer, step?: string, state?: any }
---@return table result
function test.score(fixture) end

---Asks for visits: gives what test.score gives.
---The results come as the customers were given: by name, as a list, or the one.
---@param fixture { customers?: table, customer?: table, settings?: table, as_of?: any, seed?: integer, step?: string, state?: any }
---@return table result
function test.visit_need(fixture) end

---Lets the step's fit look at the customers, and gives what it returned.
---@param fixture { customers?: table, customer?: table, settings?: table, as_of?: any, seed?: integer, step?: string }
---@return any state
function test.fit(fixture) end

---Asks what to do: gives a list of proposals for each customer, each with its reasons.
---Beside its columns a customer may have case = { name =, deals =, interactions =, threads =, … }.
---@param fixture { customers?: table, customer?: table, settings?: table, as_of?: any, seed?: integer, step?: string }
---@return table result
function test.follow_up(fixture) end

---Lets proposals be judged: gives each one's decision (keep, withhold, change), its fields and reasons.
---@param fixture { customers?: table, customer?: table, proposals: table[], settings?: table, as_of?: any, seed?: integer, step?: string }
---@return table result
function test.review(fixture) end

---Asks about a deal: gives judgement (none, allow, warn, refuse), reasons and advice.
---Beside its columns a customer may have case = { deal =, stage =, move =, history =, … }.
---@param fixture { customers?: table, customer?: table, settings?: table, as_of?: any, seed?: integer, step?: string }
---@return table result
function test.stage(fixture) end

---Tells of an event: gives a list of what follows, each with effect (task, tag, …), its fields and reasons.
---Beside its columns a customer may have event = { record =, change =, before =, after =, … }.
---@param fixture { customers?: table, customer?: table, settings?: table, as_of?: any, seed?: integer, step?: string }
---@return table result
function test.on_event(fixture) end

---Shows rows of an import: gives decision (keep, change, refuse), set, cleared and reasons.
---@param fixture { rows?: table, row?: table, record?: string, file?: string, settings?: table, as_of?: any, seed?: integer, step?: string }
---@return table result
function test.import_row(fixture) end

---Lets a rep's visits be planned: gives days with their stops, and left_out, each with reasons.
---Customers have place, visits, seconds, gap_days, last_visit, value and group.
---@param fixture { customers?: table, customer?: table, days: any[], home?: any, fixed?: table[], rep?: string, from?: kehu.Day, to?: kehu.Day, speed?: number, seconds_per_way?: number, prospecting_share?: number, settings?: table, as_of?: any, seed?: integer, step?: string }
---@return table result
function test.plan_visits(fixture) end

---What a test expects; assert(x) alone expects any value but nil and false. Only tests.lua has the functions.
---@class assertLibrary
---@overload fun(value: any, note?: string, ...: any): any
assert = {}

---Expects the same value.
---@param expected any
---@param actual any
---@param note? string words that go before the message
---@return any actual
function assert.equal(expected, actual, note) end

---Expects another value.
---@param unwanted any
---@param actual any
---@param note? string words that go before the message
---@return any actual
function assert.not_equal(unwanted, actual, note) end

---Expects that tables hold the same.
---@param expected any
---@param actual any
---@param note? string words that go before the message
---@return any actual
function assert.same(expected, actual, note) end

---Expects a number that differs by no more than the tolerance.
---Without one they may differ by 0.000000001.
---@param expected number
---@param actual any
---@param tolerance? number
---@param note? string words that go before the message
---@return any actual
function assert.near(expected, actual, tolerance, note) end

---Expects true.
---@param actual any
---@param note? string words that go before the message
---@return any actual
function assert.is_true(actual, note) end

---Expects false.
---@param actual any
---@param note? string words that go before the message
---@return any actual
function assert.is_false(actual, note) end

---Expects nothing.
---@param actual any
---@param note? string words that go before the message
---@return any actual
function assert.is_nil(actual, note) end

---Expects any value.
---@param actual any
---@param note? string words that go before the message
---@return any actual
function assert.is_not_nil(actual, note) end

---Expects a text that matches a pattern of Lua.
---@param pattern string
---@param text string
---@param note? string words that go before the message
---@return any actual
function assert.matches(pattern, text, note) end

---Expects that a function fails, and what it says.
---@param body any a function
---@param message? string a part of it
---@param note? string words that go before the message
---@return string message
function assert.error(body, message, note) end

---Expects that a rule fired, and gives its reason.
---A reason has rule, points, en, zh, arguments and line.
---@param result table of a function of test
---@param rule string its id
---@param fields? any its points, or a table of points, en, zh, arguments
---@param note? string words that go before the message
---@return table reason
function assert.reason(result, rule, fields, note) end

---Expects that a rule did not fire.
---@param result table of a function of test
---@param rule string its id
---@param note? string words that go before the message
function assert.no_reason(result, rule, note) end

-- What scripts have that are no packs: the records, to be read and never written. Only kehu run and kehu repl have it.

---Gives customers row by row, for a loop.
---Without columns a row has all facts and fields; features and scores are named. Ids, days and amounts are numbers, and a row cannot be changed.
---@param ask { where?: string, columns?: string[], sort?: string[], limit?: integer, customer?: any }
---@return any rows
function kehu.customers(ask) end

---Gives one customer with everything; nil if there is none of that number.
---It is named by name, "C-12", number or row.
---@param customer any
---@param ask? table
---@return table? row
function kehu.customer(customer, ask) end

---Gives deals row by row, each as it stands.
---@param ask { where?: string, columns?: string[], sort?: string[], limit?: integer, customer?: any }
---@return any rows
function kehu.deals(ask) end

---Gives interactions row by row, each customer's in the order of days.
---What begins a thread, such as a complaint, has the thread's state, and open says whether it goes on.
---@param ask { where?: string, columns?: string[], sort?: string[], limit?: integer, customer?: any }
---@return any rows
function kehu.interactions(ask) end

---Gives the moves of deals row by row: each stage that a deal has entered, by deal and in order.
---days is how long the deal stayed there, up to the next move or the as-of day.
---@param ask { where?: string, columns?: string[], sort?: string[], limit?: integer, customer?: any }
---@return any rows
function kehu.moves(ask) end

---Gives the visits of each rep's latest plan, by day.
---@param ask { where?: string, columns?: string[], sort?: string[], limit?: integer, customer?: any }
---@return any rows
function kehu.planned_visits(ask) end

---Gives reps row by row.
---@param ask { where?: string, columns?: string[], sort?: string[], limit?: integer, customer?: any }
---@return any rows
function kehu.reps(ask) end

---Gives targets row by row, with what is reached by the as-of day.
---@param ask { where?: string, columns?: string[], sort?: string[], limit?: integer, customer?: any }
---@return any rows
function kehu.targets(ask) end

---Gives tasks row by row, as they stood by the as-of day: open, done, snoozed or skipped.
---@param ask { where?: string, columns?: string[], sort?: string[], limit?: integer, customer?: any }
---@return any rows
function kehu.tasks(ask) end

---Says why a customer has a value: the rules that fired, and what was read.
---@param customer any
---@param column string
---@return table explanation
function kehu.explain(customer, column) end

---Puts rows into a list.
---@param rows any
---@return table[] list
function kehu.gather(rows) end

---Adds up a column; what is missing counts nothing.
---@param rows any
---@param column string
---@return number sum
function kehu.sum(rows, column) end

---Counts rows by the value of a column, and adds up others.
---Each group has that column, count and the sums, in the order of the column; what has no value comes last. { name = function(row) … end } groups by what a function gives.
---@param rows any
---@param by any
---@param sums? string[]
---@return table[] list
function kehu.group(rows, by, sums) end

---Gives a sorted list; what is missing comes last.
---@param rows any
---@param ... string
---@return table[] list
function kehu.sort(rows, ...) end

---Shows rows as a table; as JSON or CSV if that was asked for.
---as is "money", "day", "percent", "number", "text", or "customer", "deal", "interaction", "rep" for ids; columns of records know how they are shown. labels says what people call the values: { A = { en =, zh = } }, or the name of a column as in kehu.labels.
---@param table { rows: any, name?: string, title?: any, limit?: integer }
function kehu.table(table) end

---Gives a sentence in the language of whoever reads it, its places filled.
---@param sentence { en: string, zh?: string }
---@return string text
function kehu.say(sentence) end

---Writes an amount for a sentence, as tables do.
---@param number number
---@return string text
function kehu.amount(number) end

---Lists the values of a label in their declared order, each with key and text.
---The column is a label of customers, or "stage", "pipeline", "kind". For anything else the list is empty.
---@param column string
---@return table[] list
function kehu.labels(column) end

---Gives figures to programs, which do not read lines: they stand in the JSON of a report.
---@param facts table
function kehu.facts(facts) end

---Ends the script with a message and exit code 1.
---@param message string
function kehu.fail(message) end

---The day as of which all is seen.
---@type kehu.Day
kehu.as_of = nil

---The words that were given after the script.
---@type string[]
kehu.args = nil

---The language of whoever reads the report.
---@type "en"|"zh"
kehu.language = nil

---What the report of a pack was asked for: name, rep (a row of kehu.reps), from and to (days); each nil if nothing was said.
---@type table
kehu.report = nil
