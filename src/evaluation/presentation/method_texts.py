"""How each value is determined, in plain words: by the short name of the method that a measure carries.

A key is what `evaluation.evidence.Measure.method` says; a field in braces stands for what differs between runs, and its
name tells `evaluation.presentation.methods` how to write it. What a method says of its interval is explained apart.
"""

from __future__ import annotations

from evaluation.presentation.language import N_

METHODS = {
    # volumes, registration
    "count of starts in the period": N_("All trajectories that started in the period are counted."),
    "different clients among the starts": N_("Clients with a start in the period are counted, each of them once."),
    "different families among the starts": N_("Families with a start in the period are counted, each of them once."),
    "starts in the year": N_("All trajectories that started in the year are counted."),
    "count of ends in the period": N_("All trajectories that ended in the period are counted, whenever they started."),
    "stock on the reference date": N_("All trajectories that run on the reference date are counted."),
    "count on the reference date": N_("What is open on the reference date is counted."),
    "starts per 1,000 youths ({ages}) and year": N_(
        "The number of starts is divided by the number of youths of {ages} years in Groningen and by the years of the "
        "period."
    ),
    "starts per day over those of the year before": N_(
        "Starts per day are divided by those per day in the same part of the year before."
    ),
    "chain ladder on months back from the reference date, Mack standard error, lognormal interval": N_(
        "Starts that are not registered yet are added, from how late earlier months were registered (chain ladder). "
        "The interval rests on how much that delay differed between months (Mack)."
    ),
    "share registered within {days} days of those within {horizon}, from {day} less before, Newcombe": N_(
        "Of the starts that were registered within {horizon} days, the share that was registered within {days} days: "
        "for starts from {day}, less that share for earlier starts. The interval is that of Newcombe for the "
        "difference of two shares."
    ),
    # durations
    "mean length of those that ended": N_(
        "The mean length of ended trajectories. Long ones that still run are not in it, so it comes out too low when "
        "numbers grow."
    ),
    "mean elapsed time of those that run": N_(
        "The mean time from the start to the reference date, of trajectories that run then."
    ),
    "median (Kaplan-Meier, delayed entry)": N_(
        "The month by which half has ended. Running trajectories count for as long as they were seen, and those that "
        "had started before the period from when it began (Kaplan-Meier). The clock starts at the start in BJH."
    ),
    "median from the original start (Kaplan-Meier, delayed entry)": N_(
        "The month by which half has ended, counted from the start elsewhere where there was one. Such trajectories "
        "count from the age that they had when they came to BJH (Kaplan-Meier)."
    ),
    "count with an earlier start elsewhere": N_(
        "Trajectories are counted that have an original start before their start in BJH."
    ),
    "log-rank test of equal lengths in all groups, from the original start": N_(
        "How often chance alone gives groups that differ this much in length, if all groups are alike (log-rank). "
        "Lengths are counted from the start elsewhere where there was one."
    ),
    "restricted mean (Kaplan-Meier)": N_(
        "The mean length when nobody is followed longer than the number of months named: the area under the curve of "
        "Kaplan-Meier, which also uses running trajectories."
    ),
    "1 - S(12 months) (Kaplan-Meier)": N_(
        "The share that has ended twelve months after the start. Running trajectories count for as long as they were "
        "seen (Kaplan-Meier)."
    ),
    "new start after leaving (Aalen-Johansen)": N_(
        "The share with a new start within so many months of leaving. Who left recently counts for as long as they "
        "were seen (Aalen-Johansen)."
    ),
    "starts with an earlier end within five years, as far as the register reaches": N_(
        "The share of starts by a client whose earlier support ended within the five years before, as far back as the "
        "register reaches."
    ),
    "log-rank test of equal lengths in all groups": N_(
        "How often chance alone gives groups that differ this much in length, if all groups are alike (log-rank)."
    ),
    # capacity
    "direct hours over trajectory-months, complete calendar months": N_(
        "All direct hours are divided by all months in which trajectories ran, over complete calendar months. A "
        "trajectory so counts for the time that it ran."
    ),
    "stock over fte": N_("The number of running trajectories is divided by the number of fte."),
    "direct hours per month over fte, {months} last complete calendar months": N_(
        "Direct hours per month are divided by the number of fte, over the last {months} complete calendar months."
    ),
    "direct over direct and indirect hours, {months} last complete calendar months": N_(
        "Direct hours are divided by direct and indirect hours together, over the last {months} complete calendar "
        "months."
    ),
    "simulated inflow and residual length of stay, median and 95% prediction interval": N_(
        "Starts to come and the time that trajectories still run are drawn many times from what was seen. The value is "
        "the middle one of the outcomes, and 95 in 100 of them lie within the interval."
    ),
    "forecast stock times direct hours per trajectory over direct hours per fte, as now": N_(
        "The forecast number of trajectories times hours per trajectory, divided by hours per fte, both as they are "
        "now."
    ),
    "Kaplan-Meier, last pace beyond it": N_(
        "The mean time from start to end. Running trajectories count for as long as they were seen (Kaplan-Meier), and "
        "beyond the longest one seen the last pace of ending goes on."
    ),
    "inflow times mean stay": N_(
        "The number of starts per month times the mean months from start to end: where the number of running "
        "trajectories ends up if both stay as they are. It has no interval: inflow never stays exactly as it is."
    ),
    # coherence
    "trajectories started over months of 365.25/12 days": N_(
        "Trajectories that started in the period are divided by its months. A month is a twelfth of a year."
    ),
    "linear feasibility of all published figures with their rounding, no further assumption": N_(
        "It is computed whether any register at all can have all published figures at once, with the room that their "
        "rounding leaves and no further assumption (linear programming)."
    ),
    "linear program over every register that has the published figures and meets the assumptions": N_(
        "The smallest and the largest value over every register that has the published figures and meets the "
        "assumptions of the chapter (linear programming)."
    ),
    "least mean from start to end of all that started, with no assumption but the rounding of the figures": N_(
        "The smallest mean from start to end that all who started can have, given the published figures with their "
        "rounding and no further assumption."
    ),
    "months lived through per trajectory that ended; takes a constant chance of ending": N_(
        "All months in which trajectories ran are divided by the number that ended. This is the mean length when the "
        "chance of ending is the same in every month."
    ),
    "stock over inflow per month (Little's law)": N_(
        "The number of running trajectories divided by the number of starts per month: the mean length when numbers "
        "neither grow nor shrink (Little's law)."
    ),
    "stock over inflow per month (Little's law); interval: lowest to highest over the moments": N_(
        "The number of running trajectories divided by the number of starts per month: the mean length when numbers "
        "neither grow nor shrink (Little's law). The interval goes from the lowest to the highest outcome over the "
        "reference dates."
    ),
    # costs
    "ratio of printed totals": N_("The printed amount of the last year is divided by that of the first."),
    "ratio of printed totals, deflated with {index}": N_(
        "The printed amount of the last year is divided by that of the first, after taking out the rise of prices by "
        "the {index}."
    ),
    "ratio of totals less BJH": N_(
        "The printed amounts without BJH: that of the last year is divided by that of the first."
    ),
    "ratio of totals less BJH, deflated with {index}": N_(
        "The printed amounts without BJH: that of the last year is divided by that of the first, after taking out the "
        "rise of prices by the {index}."
    ),
    "BJH over the printed total": N_("The printed amount of BJH is divided by the printed total."),
    "real growth of BJH over that of the total, BJH inside the total, with {index}": N_(
        "The real growth of BJH in euros is divided by that of the total, if BJH is part of the total. Prices are "
        "taken out with the {index}."
    ),
    "difference of printed totals": N_(
        "The total that was printed for the first year is subtracted from that for the last."
    ),
    "additive LMDI-I chained by year, prices by {index}": N_(
        "The growth is split year by year into parts that add up without a remainder (LMDI). This is the part of "
        "prices, by the {index}."
    ),
    "additive LMDI-I chained by year, prices by {index}; volume and mix together": N_(
        "The growth is split year by year into parts that add up without a remainder (LMDI). This is what prices, by "
        "the {index}, do not explain: more help and other help together."
    ),
    "log of {index} over log growth": N_(
        "How much of the growth would be there if only prices had risen, by the {index}, on a scale on which growth "
        "adds up (logarithms)."
    ),
    "sum of the ledger lines by month of service, last year over first": N_(
        "All ledger lines are added up by the month of the help; the last year is divided by the first."
    ),
    "LMDI-I by product, chained by year, prices by {index}": N_(
        "The growth of the ledger is split by product and year into prices, months of help, mix of products, and costs "
        "per month, which add up without a remainder (LMDI). Prices follow the {index}."
    ),
    "LMDI-I by product in the same months of each year, chained by year, prices by {index}": N_(
        "The growth of the ledger is split by product and year into prices, months of help, mix of products, and costs "
        "per month, which add up without a remainder (LMDI). Only the calendar months of which costs and help are "
        "known in every year are compared. Prices follow the {index}."
    ),
    # unit costs
    "costs of BJH over trajectory-months": N_(
        "The published costs of BJH are divided by all months in which trajectories ran."
    ),
    "costs of BJH over client-years, second trajectories after the first ones": N_(
        "The published costs of BJH are divided by the years in which clients had support, if a second trajectory of a "
        "client follows the first."
    ),
    "costs of BJH over trajectory-months times published hours per month": N_(
        "The published costs of BJH are divided by the months in which trajectories ran times the published hours per "
        "month."
    ),
    "cost per trajectory-month times the published mean length of ended trajectories": N_(
        "The costs per month of a trajectory times the published mean length of ended trajectories."
    ),
    "cost per trajectory-month times person-time per ended trajectory": N_(
        "The costs per month of a trajectory times the months in which trajectories ran for each that ended."
    ),
    "published costs of BJH over help counted in the register": N_(
        "The published costs of BJH are divided by the help that is counted in the register."
    ),
    "direct hours of the top twentieth of clients over all direct hours": N_(
        "The direct hours of the twentieth of clients with most hours are divided by all direct hours."
    ),
    "first month with a position of 0 or more within {years} years, assumptions included": N_(
        "The first month in which savings have paid back the transition, counted up to {years} years. The values that "
        "go in are partly assumptions."
    ),
    "share of {n} draws from the ranges of the parameters, seed {seed}": N_(
        "Of {n} draws of all assumptions from their ranges, the share in which the transition is paid back in time. "
        "The draws can be repeated (seed {seed})."
    ),
    # other municipalities, without BJH
    "Iv3 accounts, ratio of sums": N_(
        "Expenditure of the municipality in its accounts (Iv3): the last year is divided by the first."
    ),
    "Iv3 accounts, ratio of national sums": N_(
        "Expenditure of all municipalities together in their accounts (Iv3): the last year is divided by the first."
    ),
    "median of the others": N_("The middle one of the growths of the other large municipalities."),
    "rank from slowest growth": N_(
        "The place of the municipality when the large ones are put in order, slowest growth first."
    ),
    "gap with the mean of the other large municipalities, real ({index}) per inhabitant": N_(
        "The growth per inhabitant of the municipality less the mean of the other large ones, without the rise of "
        "prices by the {index}. The 90% interval is the one that belongs to the test of equivalence."
    ),
    "gap with the mean of the other large municipalities, real ({index}) per inhabitant, two-sided t interval": N_(
        "The growth per inhabitant of the municipality less the mean of the other large ones, without the rise of "
        "prices by the {index}. The 95% interval says how sure that mean is; it does not count how much single "
        "municipalities differ."
    ),
    "one municipality against the spread of the others": N_(
        "How often chance alone puts a single municipality as far from the mean of the others, going by how much these "
        "differ among themselves (t-test for a single case, Crawford and Howell)."
    ),
    "others with a growth further on the same side": N_(
        "The other large municipalities are counted whose growth lies even further from the mean, on the same side."
    ),
    "two one-sided tests, margin {margin}": N_(
        "How well the accounts fit with a gap of more than {margin} percentage points to either side. The smaller it "
        "is, the stronger it speaks for a growth in line with the others (two one-sided tests)."
    ),
    "synthetic control fitted on {first}-{last}, placebos over all donors": N_(
        "The weighted mix of other municipalities that came closest to this one from {first} to {last} shows how it "
        "would have gone on if it had followed them (synthetic control). The same is done for each of the others, to "
        "see how often chance does as much."
    ),
    "synthetic control fitted on {first}-{last} without those that changed by more than {largest} in one year": N_(
        "The same weighted mix of other municipalities (synthetic control, {first} to {last}), without those whose "
        "spending per inhabitant changed by more than {largest} from one year to the next before BJH."
    ),
    "mean absolute gap with the mix before the change": N_(
        "How far the mix of other municipalities was off in the years before BJH: the mean of the differences, "
        "whatever their sign."
    ),
    "place of the error after the change over the error before, largest first": N_(
        "The place of the municipality when all are put in order of the error after divided by the error before, "
        "largest first."
    ),
    "smallest difference that stands out in four of five cases, added to those of the other municipalities": N_(
        "The smallest difference that, added to what other municipalities show without BJH, would be called unusual in "
        "four of five cases."
    ),
    "smallest margin that holds the growth, its own chance counted too": N_(
        "The smallest margin at which the municipality still counts as in line with the others, when its own growth "
        "is taken to be as much a matter of chance as theirs."
    ),
    "task field 6.2 as a share of task field 6.2 and the youth task fields": N_(
        "Expenditure on task field 6.2 (access and neighbourhood teams) is divided by that on 6.2 and the task fields "
        "of youth care together."
    ),
    "difference in differences with the mean of the others, inference from each of the others": N_(
        "The mean from the year in which BJH began in Groningen on, less the mean of all years before, of this "
        "municipality; and subtracted from it the same for the others. The interval follows from how much each of the "
        "others departs from the rest."
    ),
    "difference in differences without those that changed by more than {largest} in one year": N_(
        "The mean from the year in which BJH began in Groningen on, less the mean of all years before, of this "
        "municipality; and subtracted from it the same for the others, without those whose spending per inhabitant "
        "changed by more than {largest} from one year to the next before. The interval follows from how much each of "
        "the others departs from the rest."
    ),
    "place of the change among those of the others": N_(
        "The share of municipalities that departed from the others by as much as this one did, itself included."
    ),
    "place of the largest departure before the change among those of the others": N_(
        "The share of municipalities that departed from the others before the change by as much as this one did, "
        "itself included. If it is small, this one already went its own way."
    ),
    "trajectories without a referrer of those of which it is known": N_(
        "Trajectories that nobody referred are divided by all of which it is known who did."
    ),
    # pilot
    "as published": N_("Taken over as it was published."),
    "count recovered from the printed percentage": N_(
        "The number of families is found again from the printed percentage."
    ),
    "median (Kaplan-Meier, delayed entry, log-log interval)": N_(
        "The month by which half of the families has ended. Families that go on count for as long as they were seen "
        "(Kaplan-Meier)."
    ),
    "mean of the hours per family": N_("The mean of the hours per family."),
    "families with both scores of all families, at {moment}": N_(
        "Families with a score at both moments, the start and {moment}, are divided by all families."
    ),
    "exact Wilcoxon signed-rank, {code}, t0 to {moment}": N_(
        "How often chance alone gives a change of {code} like this one, between the start and {moment} (Wilcoxon, "
        "exact)."
    ),
    "Hodges-Lehmann, {code}, t0 to {moment}, positive is better": N_(
        "The middle of the changes of {code} between the start and {moment}, over all pairs of families "
        "(Hodges-Lehmann). More than zero is better."
    ),
    "reliable change index above 1.96, {code}": N_(
        "The share of families that improved on {code} by more than the error of measurement explains (reliable change "
        "index above 1.96)."
    ),
    "paired t-test, two-sided, power {power}": N_(
        "The smallest mean change that a group of this size would show in {power} of cases (paired t-test)."
    ),
    "pace of leaving from month {month} over that before": N_(
        "The share of families in the pilot that leaves per month from month {month} on, divided by that share before "
        "it."
    ),
    "mean T score of the goals of a family": N_(
        "The goals of each family are brought to one score (T score), in which 50 is a goal reached as agreed; this is "
        "the mean over families."
    ),
    # experience
    "answered of invited": N_("Clients who answered are divided by those who were invited."),
    "satisfied of scores": N_("Satisfied answers are divided by all answers with a score."),
    "goals reached of goal scores, from {least}": N_(
        "Answers with a goal score of {least} or higher are divided by all answers with a goal score."
    ),
    "ended early of ended with a reason": N_(
        "Trajectories that ended earlier than planned are divided by all ended ones of which the reason is known."
    ),
    "1 less the share that starts again after leaving (Aalen-Johansen)": N_(
        "The share that does not start again after leaving. Who left recently counts for as long as they were seen "
        "(Aalen-Johansen)."
    ),
    "1 less the highest published response; bounds without assumptions (Manski)": N_(
        "One less the highest response that was published: the room that those who did not answer leave when nothing "
        "is assumed about them (Manski)."
    ),
    "bounds without assumptions on those who did not answer (Manski)": N_(
        "The share if nobody who did not answer was satisfied, and the share if all of them were (Manski)."
    ),
    "normal approximation with finite population correction, if all answer": N_(
        "How many clients have to be drawn for an interval this narrow, if all of them answer. A small group of "
        "clients needs fewer (normal approximation)."
    ),
    "weighted to all clients by age, sex and referrer (raking), Wilson on the effective number": N_(
        "Answers are weighted until those who answered look like all clients in age, sex and referrer (raking). The "
        "interval is that of Wilson, for as many answers as the weighted ones are worth."
    ),
    # stories
    "told, and with a consent that holds on the reference date": N_(
        "Stories are counted that were told and may be used by a consent that holds on the reference date."
    ),
    "different families behind the stories that may be used": N_(
        "Families with a story that may be used are counted, each of them once."
    ),
    "told of asked, no answer is not told": N_(
        "People who told their story are divided by all people who were asked; no answer counts as not told."
    ),
    "nominal alpha, disagreement summed over themes": N_(
        "How much two readers agree beyond chance, over all themes (Krippendorff's alpha). One is full agreement, zero "
        "is chance."
    ),
    "kappa pooled over themes (De Vries et al. 2008)": N_(
        "How much two readers agree beyond chance, over all themes (Cohen's kappa, pooled as De Vries and others did)."
    ),
    "mean over all orders of the stories, codebook fixed": N_(
        "The number of stories after which nearly all themes had been heard, as a mean over every order in which they "
        "could have been read."
    ),
    "found by a reader, corrected by codes agreed afterwards (Rogan-Gladen)": N_(
        "The share of stories in which a reader found the theme, corrected for how often readers were wrong by what "
        "they agreed on afterwards (Rogan-Gladen)."
    ),
    "found by a reader, corrected by two independent readers (Hui-Walter, Rogan-Gladen)": N_(
        "The share of stories in which a reader found the theme, corrected for how often readers are wrong, as two "
        "independent readers show (Hui-Walter, Rogan-Gladen)."
    ),
    "found by a reader, not corrected for misreading": N_(
        "The share of stories in which a reader found the theme, not corrected for what readers miss."
    ),
    # access
    "share within the norm, Wilson interval (nobody censored before the norm); norm {norm}, {days} days": N_(
        "The share that got there within {days} days ({norm})."
    ),
    "share within the norm (Aalen-Johansen, withdrawal competing, log-log interval); norm {norm}, {days} days": N_(
        "The share that got there within {days} days ({norm}). Who still waits counts for as long as they waited, and "
        "who withdrew did not get there (Aalen-Johansen)."
    ),
    "share withdrawn within {days} days, share within the norm, Wilson interval (nobody censored before the norm)": N_(
        "The share that withdrew within {days} days, of all requests."
    ),
    "share withdrawn within {days} days, share within the norm (Aalen-Johansen, withdrawal competing, log-log "
    "interval)": N_(
        "The share that withdrew within {days} days. Who still waits counts for as long as they waited "
        "(Aalen-Johansen)."
    ),
    "day by which half of all requests has led to a start (Aalen-Johansen)": N_(
        "The day by which half of all requests has led to help. Who still waits counts for as long as they waited "
        "(Aalen-Johansen)."
    ),
    "decisions after the term of decisions": N_("Decisions after the legal term are divided by all decisions."),
    "requests that no application of the same client followed": N_(
        "Requests that no application of the same client followed are divided by all requests."
    ),
    "what if every family had given notice of default on the first day that it could": N_(
        "The penalties that the municipality would owe if every family had given notice of default on the first day on "
        "which the law lets it."
    ),
    # legal protection
    "count of decisions on which one may object": N_("Decisions on which one may object are counted."),
    "objections per 100 decisions of which the term to object is over": N_(
        "Objections per hundred decisions of which the term to object is over."
    ),
    "upheld of answered objections": N_(
        "Objections that were upheld, in whole or in part, are divided by all that were answered."
    ),
    "declined of answered offers": N_("Offers of help that were declined are divided by all that were answered."),
    "complaints per 1,000 trajectory-months, each counted once": N_(
        "Complaints per thousand months in which trajectories ran; the same complaint in two registers counts once."
    ),
    "complaints per trajectory-month, over those of the year before": N_(
        "Complaints per month of help are divided by those of the year before."
    ),
    "capture-recapture of the provider and the other registers (Chapman), log-normal interval": N_(
        "How many complaints there are in all, from how many stand in more than one register (capture-recapture, "
        "Chapman)."
    ),
    "analyses made of those offered, complex cases": N_(
        "Explanatory analyses that were made are divided by those that were offered, in complex cases."
    ),
    "family group plans made of those offered": N_(
        "Family group plans that were made are divided by the plans that were offered."
    ),
    "family group plans offered of considered": N_(
        "Family group plans that were offered are divided by the families for whom a plan was considered."
    ),
    # Open House
    "with help in the last full month before the reference date": N_(
        "Clients with help in the last full month before the reference date are counted."
    ),
    "trajectories with help in the last full month before the reference date": N_(
        "Trajectories with help in the last full month before the reference date are counted."
    ),
    "with a client in the last full month before the reference date": N_(
        "Providers with a client in the last full month before the reference date are counted."
    ),
    "sum of amounts of {months} months with lines": N_(
        "The amounts of the last months with lines are added up: {months} of them."
    ),
    "BJH in the trajectory-months of the products of Open House": N_(
        "The months of help that BJH gives are divided by all months of help with the products of Open House."
    ),
    "clients of Open House with BJH in the same month": N_(
        "Clients of Open House who have BJH in the same month are divided by all clients of Open House."
    ),
    "occupation of Open House alone by those who were in it at first": N_(
        "Of the clients who were in Open House alone in the first month, the share that still is."
    ),
    "Cohen's kappa of two reviewers, asymptotic interval": N_(
        "How much two reviewers agree beyond chance (Cohen's kappa). One is full agreement, zero is chance."
    ),
    "files in which two reviewers read the same reason": N_(
        "Files in which two reviewers read the same reason are divided by all files that both read."
    ),
    "interrupted time series of {months} months, level only, autocorrelation integrated out": N_(
        "The shift in the number of starts per month from the day of the change, over {months} months. That months "
        "resemble the ones before them is taken into account (interrupted time series)."
    ),
    "interrupted time series, level only, {before} months before and {after} after, power {power}": N_(
        "The smallest shift in starts per month that {before} months before the change and {after} months after it "
        "would show in {power} of cases (interrupted time series)."
    ),
}
INTERVALS = {
    ", Wilson interval": N_("The interval is that of Wilson for a share."),
    ", exact Poisson interval": N_("The interval is the exact one for a count (Poisson)."),
    ", quasi-Poisson interval": N_(
        "The interval allows for months that differ more than chance alone explains (quasi-Poisson)."
    ),
    ", exact conditional interval": N_("The interval is the exact one for the ratio of two counts."),
    ", Clopper-Pearson interval": N_("The interval is the exact one for a share (Clopper-Pearson)."),
    ", Student's interval": N_("The interval is that of Student for a mean."),
    "; bootstrap of families": N_("The interval comes from drawing the families again many times (bootstrap)."),
}
