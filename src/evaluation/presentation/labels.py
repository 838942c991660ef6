"""Names of measures, units, codes and kinds of evidence, as the reader sees them."""

from __future__ import annotations

from evaluation.disclosure.protected.names import OTHER
from evaluation.evidence import Estimate, Evidence, Mark, Measure
from evaluation.presentation.language import N_, NOT_SHOWN, Language

MEASURES = {
    "volumes.trajectories": N_("Trajectories started in the period"),
    "volumes.clients": N_("Different clients"),
    "volumes.started_this_year": N_("Trajectories started in the reporting year"),
    "volumes.ended": N_("Ended trajectories"),
    "volumes.active": N_("Active trajectories"),
    "durations.mean_ended_months": N_("Mean length of ended trajectories, months"),
    "durations.mean_running_months": N_("Mean elapsed time of running trajectories, months"),
    "durations.km_median_months": N_("Month by which half of the trajectories has ended (median)"),
    "durations.rmst_6_months": N_("Mean length counted up to 6 months, months"),
    "durations.rmst_12_months": N_("Mean length counted up to 12 months, months"),
    "durations.rmst_24_months": N_("Mean length counted up to 24 months, months"),
    "durations.share_ended_within_12_months": N_("Share that ends within 12 months"),
    "durations.reentry_6_months": N_("Share that starts again within 6 months of leaving"),
    "durations.reentry_12_months": N_("Share that starts again within 12 months of leaving"),
    "durations.started_again": N_("Share of starts after earlier support"),
    "durations.km_median_original_start_months": N_(
        "Month by which half of the trajectories has ended, counted from the start elsewhere"
    ),
    "durations.transferred": N_("Trajectories that had begun elsewhere before"),
    "durations.log_rank_p_start_year_original_start": N_(
        "Chance of such differences in length by year of start, counted from the start elsewhere"
    ),
    "durations.log_rank_p_referrer_code_original_start": N_(
        "Chance of such differences in length by referrer, counted from the start elsewhere"
    ),
    "durations.log_rank_p_start_year": N_("Chance of such differences in length by year of start, if there were none"),
    "durations.log_rank_p_referrer_code": N_("Chance of such differences in length by referrer, if there were none"),
    "volumes.started_per_1000_youths": N_("Trajectories started per 1,000 youths and year"),
    "volumes.inflow_rate_ratio": N_("Starts per day, relative to the year before"),
    "volumes.families": N_("Different families"),
    "volumes.nowcast_inflow_last_3_months": N_("Starts of the last three months, once all are registered"),
    "volumes.prompt_registration_change": N_("Change in the share registered promptly"),
    "capacity.hours_per_trajectory_month": N_("Hours per trajectory and month"),
    "capacity.active_per_fte": N_("Running trajectories per fte"),
    "capacity.hours_per_fte_month": N_("Direct hours per fte and month"),
    "capacity.direct_share": N_("Share of direct hours in all hours"),
    "capacity.stock_in_6_months": N_("Running trajectories in six months, forecast"),
    "capacity.stock_in_12_months": N_("Running trajectories in twelve months, forecast"),
    "capacity.mean_stay_months": N_("Mean length if things go on as they did, months"),
    "capacity.stock_settles_at": N_("Running trajectories in the end, if things go on as they did"),
    "capacity.fte_needed_in_12_months": N_("Fte needed in twelve months, forecast"),
    "costs.total_growth_nominal": N_("Growth of total costs, nominal"),
    "costs.total_growth_real": N_("Growth of total costs, real"),
    "costs.bjh_share": N_("Share of BJH in total costs"),
    "costs.rest_growth_nominal": N_("Growth of costs without BJH, nominal"),
    "costs.rest_growth_real": N_("Growth of costs without BJH, real"),
    "costs.total_growth_real_vng": N_("Growth of total costs, real, VNG index, final"),
    "costs.total_growth_real_vng_applied": N_("Growth of total costs, real, VNG index, as applied"),
    "costs.total_growth_real_cpi": N_("Growth of total costs, real, consumer price index"),
    "costs.total_growth_real_wage_agreement": N_("Growth of total costs, real, collective labour agreement"),
    "costs.bjh_share_of_real_growth": N_("Share of BJH in the real growth, if BJH is part of the total"),
    "costs.total_growth_amount": N_("Growth of total costs, millions of euros"),
    "costs.price_effect": N_("Growth of total costs through prices, millions of euros"),
    "costs.volume_effect": N_("Growth of total costs through volume and mix, millions of euros"),
    "costs.ledger_growth_nominal": N_("Growth of the ledger, nominal"),
    "costs.ledger_price_effect": N_("Growth of BJH and Open House through prices, millions of euros"),
    "costs.ledger_volume_effect": N_("Growth of BJH and Open House through months of help, millions of euros"),
    "costs.ledger_mix_effect": N_("Growth of BJH and Open House through the mix of products, millions of euros"),
    "costs.ledger_intensity_effect": N_(
        "Growth of BJH and Open House through real costs per month of help, millions of euros"
    ),
    "costs.price_share_of_growth": N_("Share of prices in the growth of total costs"),
    "costs.unit_cost_per_trajectory_month_2023": N_("BJH per trajectory-month, euros, 2023"),
    "costs.unit_cost_per_trajectory_month_2024": N_("BJH per trajectory-month, euros, 2024"),
    "costs.unit_cost_per_client_year_2023": N_("BJH per client-year, euros, 2023"),
    "costs.unit_cost_per_client_year_2024": N_("BJH per client-year, euros, 2024"),
    "costs.unit_cost_per_direct_hour_2023": N_("BJH per hour of help, euros, 2023"),
    "costs.unit_cost_per_direct_hour_2024": N_("BJH per hour of help, euros, 2024"),
    "costs.unit_cost_per_ended_published_2023": N_("BJH per trajectory of the published length, euros, 2023"),
    "costs.unit_cost_per_ended_published_2024": N_("BJH per trajectory of the published length, euros, 2024"),
    "costs.unit_cost_per_ended_person_time_2023": N_("BJH per trajectory of the length by person-time, euros, 2023"),
    "costs.unit_cost_per_ended_person_time_2024": N_("BJH per trajectory of the length by person-time, euros, 2024"),
    "costs.counted_cost_per_trajectory_month_2023": N_("BJH per counted trajectory-month, euros, 2023"),
    "costs.counted_cost_per_trajectory_month_2024": N_("BJH per counted trajectory-month, euros, 2024"),
    "costs.counted_cost_per_client_year_2023": N_("BJH per counted client-year, euros, 2023"),
    "costs.counted_cost_per_client_year_2024": N_("BJH per counted client-year, euros, 2024"),
    "costs.counted_cost_per_direct_hour_2023": N_("BJH per counted direct hour, euros, 2023"),
    "costs.counted_cost_per_direct_hour_2024": N_("BJH per counted direct hour, euros, 2024"),
    "costs.top_5_percent_share_of_hours": N_("Share of hours that goes to the twentieth of clients with most"),
    "costs.payback_months": N_("Months until the transition is earned back, by assumption"),
    "costs.payback_share_within_horizon": N_(
        "Share of the calculations in which the transition is earned back, by assumption"
    ),
    "benchmark.municipality_growth_excl_6_2": N_("Growth of own expenditure (Iv3), without neighbourhood teams"),
    "benchmark.municipality_growth_incl_6_2": N_("Growth of own expenditure (Iv3), with neighbourhood teams"),
    "benchmark.national_growth_excl_6_2": N_("National growth of expenditure (Iv3), without neighbourhood teams"),
    "benchmark.national_growth_incl_6_2": N_("National growth of expenditure (Iv3), with neighbourhood teams"),
    "benchmark.large_municipality_median_excl_6_2": N_(
        "Median growth of the other large municipalities, without neighbourhood teams"
    ),
    "benchmark.large_municipality_median_incl_6_2": N_(
        "Median growth of the other large municipalities, with neighbourhood teams"
    ),
    "benchmark.rank_excl_6_2": N_("Own rank from slowest growth, without neighbourhood teams"),
    "benchmark.teams_share_municipality_base": N_("Own share booked on neighbourhood teams, first year"),
    "benchmark.teams_share_municipality_final": N_("Own share booked on neighbourhood teams, last year"),
    "benchmark.teams_share_others_base": N_("Share booked on neighbourhood teams, median of the others, first year"),
    "benchmark.teams_share_others_final": N_("Share booked on neighbourhood teams, median of the others, last year"),
    "benchmark.margin_with_chance_excl_6_2": N_(
        "Smallest margin that holds the growth, chance in the municipality counted too, without neighbourhood teams"
    ),
    "benchmark.margin_with_chance_incl_6_2": N_(
        "Smallest margin that holds the growth, chance in the municipality counted too, with neighbourhood teams"
    ),
    "benchmark.rank_incl_6_2": N_("Own rank from slowest growth, with neighbourhood teams"),
    "benchmark.gap_excl_6_2": N_(
        "Gap in real growth per inhabitant with the other large municipalities, without neighbourhood teams"
    ),
    "benchmark.gap_incl_6_2": N_(
        "Gap in real growth per inhabitant with the other large municipalities, with neighbourhood teams"
    ),
    "benchmark.equivalence_p_excl_6_2": N_(
        "p-value of being in line with the other large municipalities, without neighbourhood teams"
    ),
    "benchmark.equivalence_p_incl_6_2": N_(
        "p-value of being in line with the other large municipalities, with neighbourhood teams"
    ),
    "benchmark.gap_with_mean_excl_6_2": N_(
        "Gap in real growth per inhabitant with the mean of the others, 95% interval, without neighbourhood teams"
    ),
    "benchmark.single_case_p_excl_6_2": N_(
        "Chance of so large a gap in growth for a single municipality, without neighbourhood teams"
    ),
    "benchmark.others_beyond_excl_6_2": N_(
        "Others whose growth lies even further from the mean on the same side, without neighbourhood teams"
    ),
    "benchmark.gap_with_mean_incl_6_2": N_(
        "Gap in real growth per inhabitant with the mean of the others, 95% interval, with neighbourhood teams"
    ),
    "benchmark.single_case_p_incl_6_2": N_(
        "Chance of so large a gap in growth for a single municipality, with neighbourhood teams"
    ),
    "benchmark.others_beyond_incl_6_2": N_(
        "Others whose growth lies even further from the mean on the same side, with neighbourhood teams"
    ),
    "counterfactual.change_against_others_excl_6_2": N_(
        "Change in expenditure per inhabitant beside that of the others, without neighbourhood teams"
    ),
    "counterfactual.change_against_others_incl_6_2": N_(
        "Change in expenditure per inhabitant beside that of the others, with neighbourhood teams"
    ),
    "counterfactual.change_against_others_p_excl_6_2": N_(
        "Chance of such a change without an effect, without neighbourhood teams"
    ),
    "counterfactual.change_against_others_p_incl_6_2": N_(
        "Chance of such a change without an effect, with neighbourhood teams"
    ),
    "counterfactual.unlike_before_p_excl_6_2": N_(
        "Chance of courses that part so far before BJH, without neighbourhood teams"
    ),
    "counterfactual.unlike_before_p_incl_6_2": N_(
        "Chance of courses that part so far before BJH, with neighbourhood teams"
    ),
    "counterfactual.effect_without_jumps_excl_6_2_2023": N_(
        "Difference with a mix of others without jumps in spending in 2023, without neighbourhood teams"
    ),
    "counterfactual.effect_without_jumps_excl_6_2_2024": N_(
        "Difference with a mix of others without jumps in spending in 2024, without neighbourhood teams"
    ),
    "counterfactual.error_before_excl_6_2": N_(
        "Mean error of the mix of others before BJH, without neighbourhood teams"
    ),
    "counterfactual.change_against_others_without_jumps_excl_6_2": N_(
        "Change in expenditure per inhabitant beside that of others without jumps, without neighbourhood teams"
    ),
    "counterfactual.effect_without_jumps_incl_6_2_2023": N_(
        "Difference with a mix of others without jumps in spending in 2023, with neighbourhood teams"
    ),
    "counterfactual.effect_without_jumps_incl_6_2_2024": N_(
        "Difference with a mix of others without jumps in spending in 2024, with neighbourhood teams"
    ),
    "counterfactual.error_before_incl_6_2": N_("Mean error of the mix of others before BJH, with neighbourhood teams"),
    "counterfactual.change_against_others_without_jumps_incl_6_2": N_(
        "Change in expenditure per inhabitant beside that of others without jumps, with neighbourhood teams"
    ),
    "counterfactual.no_referrer_share_groningen": N_("Share of trajectories without a referrer, Groningen"),
    "counterfactual.no_referrer_share_others": N_(
        "Share of trajectories without a referrer, other large municipalities"
    ),
    "counterfactual.effect_excl_6_2_2023": N_(
        "Difference with a mix of other municipalities in 2023, without neighbourhood teams"
    ),
    "counterfactual.effect_incl_6_2_2023": N_(
        "Difference with a mix of other municipalities in 2023, with neighbourhood teams"
    ),
    "counterfactual.effect_excl_6_2_2024": N_(
        "Difference with a mix of other municipalities in 2024, without neighbourhood teams"
    ),
    "counterfactual.effect_incl_6_2_2024": N_(
        "Difference with a mix of other municipalities in 2024, with neighbourhood teams"
    ),
    "counterfactual.placebo_rank_excl_6_2": N_(
        "Rank of that difference among all large municipalities, without neighbourhood teams"
    ),
    "counterfactual.placebo_rank_incl_6_2": N_(
        "Rank of that difference among all large municipalities, with neighbourhood teams"
    ),
    "counterfactual.smallest_detectable_effect_excl_6_2": N_(
        "Smallest effect that could have been seen, a year, without neighbourhood teams"
    ),
    "counterfactual.smallest_detectable_effect_incl_6_2": N_(
        "Smallest effect that could have been seen, a year, with neighbourhood teams"
    ),
    "pilot.families": N_("Families in the pilot"),
    "pilot.single_mother_share": N_("Share of single-mother families"),
    "narratives.stories_used": N_("Stories that may be used"),
    "narratives.families_used": N_("Families behind the stories that may be used"),
    "narratives.told_share": N_("Share of the people asked who told a story"),
    "narratives.krippendorff_alpha": N_("Agreement of two readers, Krippendorff's alpha, all themes"),
    "narratives.cohens_kappa": N_("Agreement of two readers, Cohen's kappa, all themes"),
    "narratives.themes_until_saturation": N_("Stories after which nearly all themes had come by"),
    "narratives.prevalence_faster_help": N_("Share of stories that tell of being helped faster"),
    "narratives.prevalence_waiting": N_("Share of stories that tell of waiting"),
    "narratives.prevalence_fixed_face": N_("Share of stories that tell of a familiar face"),
    "narratives.prevalence_being_heard": N_("Share of stories that tell of being heard"),
    "narratives.prevalence_present_at_peaks": N_("Share of stories that tell of help at busy moments"),
    "narratives.prevalence_daily_structure": N_("Share of stories that tell of daily structure"),
    "narratives.prevalence_own_control": N_("Share of stories that tell of being in control"),
    "narratives.prevalence_dependence": N_("Share of stories that tell of dependence on help"),
    "narratives.prevalence_own_network": N_("Share of stories that tell of family, friends and neighbourhood"),
    "narratives.prevalence_cooperation": N_("Share of stories that tell of cooperation between professionals"),
    "narratives.prevalence_bureaucracy": N_("Share of stories that tell of forms and rules"),
    "narratives.prevalence_other": N_("Share of stories that tell of something without a code"),
    "experience.least_width_of_bounds": N_(
        "Least distance between lowest and highest possible share, published response"
    ),
    "experience.sample_for_5_points": N_("Clients to draw by lot for a margin of 5 points, if all answer"),
    "experience.response_share": N_("Share of invitations that was answered"),
    "experience.satisfied_among_respondents": N_("Share satisfied among those who answered"),
    "experience.satisfied_bound_low": N_("Lowest possible share satisfied among all invited"),
    "experience.satisfied_bound_high": N_("Highest possible share satisfied among all invited"),
    "experience.satisfied_weighted": N_("Share satisfied, weighted to all clients"),
    "experience.answers_worth": N_("Answers that the weighted ones are worth"),
    "experience.dropout_share": N_("Share of ended trajectories that ended early (drop-out)"),
    "experience.goal_attained_share": N_("Share that reached its goals, among those who answered"),
    "experience.no_new_start_12_months_share": N_("Share without a new start within 12 months of leaving"),
    "open_house.clients": N_("Clients with help in Open House"),
    "open_house.trajectories": N_("Trajectories in Open House"),
    "open_house.euros_last_12_months": N_("Euros in Open House over twelve months"),
    "open_house.bjh_coverage_share": N_("Share of BJH in the trajectory-months of the products of Open House"),
    "open_house.in_both_share": N_("Share of the clients of Open House who have BJH too"),
    "open_house.cohort_still_there_share": N_("Share of the clients of the first month who are in Open House only"),
    "open_house.providers": N_("Providers in Open House with clients"),
    "open_house.reason_agreement_kappa": N_("Agreement of two reviewers on the reason (Cohen's kappa)"),
    "open_house.reason_agreement_share": N_("Share of files in which two reviewers read the same reason"),
    "open_house.level_shift": N_("Shift of the starts per month from the change on"),
    "open_house.smallest_detectable_level_shift": N_("Smallest shift of the starts per month that could be seen"),
    "access.started_within_norm_share": N_("Share of requests that led to a start within the reference norm"),
    "access.first_contact_within_norm_share": N_("Share of requests with a first contact within the reference norm"),
    "access.median_days_signal_to_start": N_("Day by which half of the requests has led to a start"),
    "access.withdrawn_share": N_("Share of requests withdrawn before the start, within the reference norm"),
    "access.still_waiting": N_("Requests that wait for a start"),
    "access.decided_within_term_share": N_("Share of applications decided within the term of the law"),
    "access.penalties_if_all_gave_notice": N_("Penalties if every family had given notice at once, at most"),
    "access.late_decisions_share": N_("Share of decisions that came too late"),
    "access.without_application_share": N_("Share of requests that no application followed"),
    "legal_protection.declined_share": N_("Share of answered offers that was declined"),
    "legal_protection.decisions": N_("Decisions on which one may object"),
    "legal_protection.objections_per_100_decisions": N_("Objections per 100 decisions"),
    "legal_protection.upheld_share": N_("Share of answered objections that was upheld, in whole or part"),
    "legal_protection.complaints_per_1000_trajectory_months": N_("Complaints per 1,000 trajectory-months"),
    "legal_protection.complaints_estimated": N_("Complaints, those in no register included, estimate"),
    "legal_protection.plans_family_group_share": N_("Share of offered family group plans that was made"),
    "legal_protection.complaints_rate_ratio": N_("Complaints per trajectory-month, relative to the year before"),
    "legal_protection.plans_family_group_offered_share": N_("Share of considered family group plans that was offered"),
    "legal_protection.plans_analysis_complex_share": N_("Share of offered explanatory analyses made, complex cases"),
    "pilot.exit_rate_ratio": N_("Pace of leaving from half a year on, relative to before"),
    "pilot.length_median_months": N_("Month by which half of the pilot families has left (median)"),
    "pilot.hours_per_family": N_("Hours of help per pilot family, in all"),
    "pilot_change.share_followed_up": N_("Share of pilot families scored twice on the primary outcome"),
    "pilot_change.primary_change": N_("Change on the primary outcome, points towards better"),
    "pilot_change.goal_score_mean": N_("Goals of a family at the later moment, mean T score"),
    "pilot_change.primary_p": N_("p-value of no change on the primary outcome"),
    "pilot_change.reliably_improved_share": N_("Share of families that improved by more than measurement error"),
    "pilot_change.smallest_detectable_effect": N_("Smallest change to be seen, standard deviations"),
    "coherence.feasible": N_("All published figures can be true at once"),
    "coherence.inflow_per_month_2023": N_("New trajectories per month in 2023"),
    "coherence.inflow_per_month_2024_until_reference": N_("New trajectories per month, 2024 to the first presentation"),
    "coherence.inflow_per_month_between_references": N_("New trajectories per month between the reference dates"),
    "coherence.mean_duration_person_time_months": N_("Mean duration from person-time, first reference date, months"),
    "coherence.mean_duration_person_time_last_months": N_(
        "Mean duration from person-time, last reference date, months"
    ),
    "coherence.mean_duration_little_months": N_("Mean duration by Little's law, months"),
    "coherence.mean_ended_between_months": N_("Mean length of those that ended between the dates, months"),
    "coherence.mean_running_at_last_reference_months": N_(
        "Mean elapsed time of those running at the last reference date, months"
    ),
    "coherence.least_mean_duration_months": N_(
        "Least mean length of all that started by the first reference date, months"
    ),
    "coherence.least_mean_duration_by_last_months": N_(
        "Least mean length of all that started by the last reference date, months"
    ),
    "coherence.active_per_fte": N_("Running trajectories per fte, last reference date"),
    "coherence.active_per_fte_previous": N_("Running trajectories per fte, reference date before"),
    "coherence.client_hours_per_fte_month": N_("Client hours per fte and month, last reference date"),
    "coherence.client_hours_per_fte_month_previous": N_("Client hours per fte and month, reference date before"),
}

EVIDENCE = {
    Evidence.REGISTER: N_("personal register"),
    Evidence.PUBLISHED: N_("published by the municipality"),
    Evidence.BENCHMARK: N_("public statistics"),
    Evidence.SYNTHETIC: N_("synthetic"),
}

# What the values of one kind of evidence are called where they are listed together.
VALUES_FROM = {
    Evidence.REGISTER: N_("Computed from the personal register"),
    Evidence.PUBLISHED: N_("Computed from the municipality's figures"),
    Evidence.BENCHMARK: N_("Computed from public statistics"),
    Evidence.SYNTHETIC: N_("Computed from the invented registry"),
}
FROM_ASSUMPTIONS = N_("Computed from assumptions")

SOURCES = {
    "council_figures": N_("Figures shown to the council"),
    "synthetic/costs": N_("Invented registry: ledger lines"),
    "synthetic/open_house": N_("Invented registry: Open House lines"),
    "price_indices": N_("Price indices of CBS and VNG"),
    "iv3_municipalities": N_("Accounts of the large municipalities (CBS, Iv3)"),
    "iv3_national": N_("Accounts of all municipalities together (CBS, Iv3)"),
    "improven": N_("Figures of Improven"),
    "municipality_locations": N_("Where the large municipalities lie (own reading of maps)"),
    "youth_care_use_municipalities": N_("Use of youth care in the large municipalities (CBS)"),
    "synthetic/trajectories": N_("Invented registry: trajectories"),
    "synthetic/hours": N_("Invented registry: hours"),
    "synthetic/questionnaires": N_("Invented registry: questionnaires"),
    "synthetic/clients": N_("Invented registry: clients"),
    "cost_drivers": N_("Reasons for the rise of costs, as shown to the council"),
    "groningen_context": N_("Other public figures about Groningen"),
    "claims": N_("Statements told to the council"),
    "norms": N_("Terms in law and norms used as a reference"),
    "synthetic/referrals": N_("Invented registry: requests for help"),
    "synthetic/decisions": N_("Invented registry: decisions"),
    "synthetic/offers": N_("Invented registry: offers of help"),
    "synthetic/complaints": N_("Invented registry: complaints"),
    "synthetic/plans": N_("Invented registry: plans"),
    "break_even_parameters": N_("Parameters of the break-even, mostly assumptions"),
    "synthetic/stories": N_("Invented registry: stories"),
    "instruments": N_("Instruments on which families are scored"),
    "synthetic/pilot_families": N_("Invented registry: pilot families"),
    "synthetic/pilot_scores": N_("Invented registry: pilot scores"),
}

TABLES = {
    "trajectories": N_("trajectories"),
    "clients": N_("clients"),
    "hours": N_("hours"),
    "costs": N_("ledger lines"),
    "staff": N_("posts"),
    "referrals": N_("requests for help"),
    "offers": N_("offers of help"),
    "decisions": N_("decisions"),
    "complaints": N_("complaints"),
    "plans": N_("plans"),
    "questionnaires": N_("questionnaires"),
    "stories": N_("stories"),
    "open_house": N_("Open House lines"),
    "pilot_families": N_("pilot families"),
    "pilot_scores": N_("pilot scores"),
}

REFERRERS = {
    "01": N_("Municipality"),
    "02": N_("General practitioner"),
    "03": N_("Youth physician"),
    "04": N_("Certified institution (GI)"),
    "05": N_("Medical specialist"),
    "06": N_("Self-referral or none"),
    "08": N_("Court or public prosecutor"),
}

# What a table of protected counts says below it.
PROTECTED = N_(
    "Numbers are rounded to multiples of {base}. “Not shown” stands for fewer than {minimum}, or for a number from "
    "which such a small one could be computed."
)
# List JZ588 of iJw; a missing reason is a reason of its own.
END_REASONS = {
    "02": N_("Death"),
    "20": N_("Stopped for a time"),
    "31": N_("As planned"),
    "32": N_("Early, by the client"),
    "33": N_("Early, by the provider"),
    "34": N_("Early, by agreement"),
    "35": N_("Early, by outside cause"),
    "36": N_("By the municipality"),
    "37": N_("Request for a change"),
    "38": N_("To another provider"),
    "39": N_("To another domain"),
    "": N_("Reason not registered"),
}

GROUPINGS = {
    "start_year": N_("year of start"),
    "phase": N_("phase"),
    "referrer_code": N_("referrer"),
    "product_code": N_("product"),
    "neighbourhood": N_("neighbourhood"),
}

PRICE_INDICES = {
    "vng": N_("final VNG index"),
    "vng_applied": N_("VNG index as applied"),
    "cpi": N_("consumer price index"),
    "wage_agreement": N_("collective labour agreement (wages only)"),
}

SCOPES = {
    "excl_6_2": N_("without neighbourhood teams"),
    "incl_6_2": N_("with neighbourhood teams"),
    "own": N_("own scope"),
}

UNIT_COSTS = {
    "trajectory_month": N_("one trajectory, one month"),
    "client_year": N_("one client, one year"),
    "direct_hour": N_("one hour of help"),
    "ended_published": N_("one trajectory of the published mean length"),
    "ended_person_time": N_("one trajectory of the length by person-time"),
}

COST_PARTS = {
    "total": N_("Total costs of youth care"),
    "bjh": N_("BJH"),
    "bjh_subsidy": N_("BJH, of which subsidy"),
    "bjh_housing": N_("BJH, of which housing"),
    "bjh_ict": N_("BJH, of which ICT"),
    "transition": N_("Transition and investments beforehand"),
    "rest": N_("rest of youth care"),
}

LEDGER_PARTS = {
    "bjh": N_("BJH"),
    "open_house": N_("Open House"),
    "transition": N_("Transition"),
    "solidarity": N_("Regional settlement"),
    "other": N_("Other youth care"),
    "total": N_("Total"),
}

READINGS = {
    "all_nominal": N_("Growth of all costs, nominal"),
    "all_real": N_("Growth of all costs, real"),
    "rest_nominal": N_("Growth without BJH, nominal"),
    "rest_real": N_("Growth without BJH, real"),
    "bjh_share": N_("Share of BJH in all costs"),
    "bjh_share_of_real_growth": N_("Share of BJH in the real growth"),
}

FACTORS = {
    "price": N_("prices"),
    "volume": N_("volume: trajectory-months"),
    "intensity": N_("real costs per trajectory-month"),
    "mix": N_("mix"),
    "volume_and_mix": N_("volume and mix together"),
}

BREAK_EVEN = {
    "transition_cost": N_("Transition costs"),
    "annuity_years": N_("Years of writing off"),
    "discount_rate": N_("Discount rate"),
    "active_trajectories": N_("Active trajectories"),
    "hours_per_month": N_("Hours per trajectory and month"),
    "advantage_per_hour": N_("Advantage per hour"),
    "double_running_months": N_("Length of double running"),
    "double_running_cost": N_("Costs of double running"),
    "access_cost": N_("Costs of access"),
    "overhead_cost": N_("Costs of contract management and overhead"),
    "transition_annuity": N_("Transition, written off"),
    "double_running": N_("Double running, written off"),
    "access": N_("Access"),
    "overhead": N_("Contract management and overhead"),
    "advantage": N_("Advantage on all hours"),
    "net": N_("Left over per year"),
}

CLOCKS = {
    "signal_to_triage": N_("from the request to triage"),
    "signal_to_contact": N_("from the request to the first contact"),
    "contact_to_start": N_("from the first contact to the start"),
    "signal_to_start": N_("from the request to the start"),
    "application_to_decision": N_("from the application to the decision"),
    "decision_to_objection": N_("from the decision to an objection"),
    "notice_to_penalty": N_("from the notice of default to a penalty"),
}

# What share stayed within a norm, and what those say who got there, by clock.
WITHIN_NORM = {
    "signal_to_triage": N_("Of all requests {share} had a triage within {norm}."),
    "signal_to_contact": N_("Of all requests {share} had a first contact within {norm}."),
    "contact_to_start": N_("After a first contact {share} had help within {norm}."),
    "signal_to_start": N_("Of all requests {share} led to help within {norm}."),
    "application_to_decision": N_("Of all applications {share} had a decision within {norm}."),
}

STOPPED = {
    "signal_to_triage": N_("triage"),
    "signal_to_contact": N_("first contact"),
    "contact_to_start": N_("help has begun"),
    "signal_to_start": N_("help has begun"),
    "application_to_decision": N_("decided"),
}

NORM_KINDS = {"law": N_("law"), "reference": N_("only a reference")}

NORMS = {
    "treek_contact": N_("Treeknorm: to the intake, made for health care"),
    "treek_start_after_contact": N_("Treeknorm: from the intake to the start, made for health care"),
    "treek_start": N_("Both Treeknormen added up"),
    "provider_start": N_("Aim of one provider elsewhere; shows that sources differ"),
    "awb_decision": N_("Awb 4:13: at the latest eight weeks, unless another term was told in time"),
    "awb_objection": N_("Awb 6:7: term to object"),
    "awb_notice": N_("Awb 4:17: a penalty needs a written notice of default first"),
}

REQUEST_STATES = {
    "waiting_triage": N_("waits for triage"),
    "withdrawn_before_triage": N_("withdrawn before triage"),
    "waiting_contact": N_("waits for the first contact"),
    "withdrawn_before_contact": N_("withdrawn before the first contact"),
    "waiting_start": N_("had a first contact, waits for the start"),
    "withdrawn_before_start": N_("withdrawn between first contact and start"),
    "started": N_("help has started"),
}

FUNNEL_STEPS = {
    "requested": N_("inquiry asked for"),
    "held": N_("inquiry held"),
    "decided": N_("decision taken"),
    "objected": N_("objection made"),
    "upheld": N_("objection upheld, in whole or part"),
}

ANSWERS = {"accepted": N_("accepted"), "declined": N_("declined"), "open": N_("not answered")}

OBSERVATORY = {
    "declined": N_("the declined offers"),
    "all": N_("all offers"),
}

REGISTERS = {
    "provider": N_("provider (WIJ Groningen)"),
    "municipality": N_("municipality"),
    "ombudsman": N_("ombudsman"),
    "confidant": N_("confidant (AKJ)"),
    "unknown": N_("unknown"),
}

PLANS = {
    "explanatory_analysis": N_("Explanatory analysis"),
    "family_group_plan": N_("Family group plan"),
    "support_plan": N_("Support plan"),
}

CASES = {"complex": N_("complex"), "simple": N_("not complex"), "unknown": N_("unknown")}

UNITS = {
    "requests": N_("requests"),
    "decisions": N_("decisions"),
    "complaints": N_("complaints"),
    "days": N_("days"),
    "eur_million": N_("million euros"),
    "eur_million_per_year": N_("million euros a year"),
    "eur_per_hour": N_("euros an hour"),
    "percent_per_year": N_("percent a year"),
    "trajectories": N_("trajectories"),
    "clients": N_("clients"),
    "families": N_("families"),
    "percent": N_("percent"),
    "hours": N_("hours, unit of time unknown"),
    "neighbourhoods": N_("neighbourhoods"),
    "municipalities": N_("municipalities"),
    "needs": N_("main needs"),
    "years": N_("years"),
    "months": N_("months"),
    "hours_per_month": N_("hours per month"),
    "share": N_("share"),
    "share_difference": N_("percentage points"),
    "rank": N_("rank"),
    "trajectories_per_month": N_("trajectories per month"),
    "trajectories_per_fte": N_("trajectories per fte"),
    "hours_per_fte_month": N_("hours per fte and month"),
    "yes_no": N_("yes or no"),
    "p_value": N_("p-value"),
    "eur_per_inhabitant": N_("euros per inhabitant"),
    "stories": N_("stories"),
    "coefficient": N_("coefficient, at most 1"),
    "eur": N_("euros"),
    "kappa": N_("kappa"),
    "providers": N_("providers"),
    "hours_per_family": N_("hours per family"),
    "points": N_("points"),
    "standard_deviations": N_("standard deviations"),
}

# Decimals of a value, by unit; a unit that is not named is a count.
DIGITS = {
    "coefficient": 2,
    "eur_million": 1,
    "p_value": 3,
    "hours_per_family": 1,
    "hours_per_fte_month": 1,
    "hours_per_month": 1,
    "kappa": 2,
    "months": 1,
    "per_1000_trajectory_months": 1,
    "per_1000_youths_year": 1,
    "per_100_decisions": 1,
    "points": 1,
    "ratio": 2,
    "share": 1,
    "share_difference": 1,
    "standard_deviations": 2,
    "trajectories_per_fte": 1,
    "trajectories_per_month": 1,
}


def measure_label(measure_id: str, language: Language) -> str:
    """Return the name of a measure; a measure without a name is an error of the programmer."""
    return language.translate(MEASURES[measure_id])


def group_label(grouping: str, value: str, language: Language) -> str:
    """Return the name of a group: of a referrer or a phase, else its code; one without a code is unknown."""
    _ = language.translate
    if not value:
        return _("unknown")
    if value == OTHER:
        return _("other")
    if grouping == "referrer_code":
        return _(REFERRERS[value]) if value in REFERRERS else value
    return _("Phase {phase}").format(phase=value) if grouping == "phase" else value


def source_label(source: str, language: Language) -> str:
    """Return the name of a table, also of one in a delivered register; one without a name is called as it is."""
    if source in SOURCES:
        return language.translate(SOURCES[source])
    register, _slash, table = source.rpartition("/")
    if not register or table not in TABLES:
        return source
    return language.translate(N_("Register {name}: {table}")).format(name=register, table=table_label(table, language))


def table_label(table: str, language: Language) -> str:
    """Return what a table of a delivery is called; one without a name is called as it is."""
    return language.translate(TABLES.get(table, table))


def measure_value(measure: Measure, value: Estimate, language: Language, digits: int | None = None) -> str:
    """Format a value in the unit of its measure; unknown and withheld are said in words.

    With `digits` it has that many decimals, where it has any; otherwise as many as its unit is shown with.
    """
    text = measure_end(measure, value, language, digits)
    if measure.unit == "share_difference" and isinstance(value, int | float):
        return language.translate(N_("{points} percentage points")).format(points=text)
    return text


def measure_end(measure: Measure, value: Estimate, language: Language, digits: int | None = None) -> str:
    """Format an end of the interval of a measure, beside its value: as that, with percentage points left unnamed."""
    if value is None or isinstance(value, Mark):
        return language.translate(N_("unknown") if value is None else NOT_SHOWN)
    if measure.unit == "yes_no":
        return language.translate(N_("yes") if value else N_("no"))
    if measure.unit == "rank":
        return language.translate(N_("{rank} of {n}")).format(rank=language.integer(value), n=measure.n)
    if measure.unit == "share_difference":
        value *= 100
    written = {
        "eur": language.euro,
        "eur_per_inhabitant": language.euro,
        "p_value": language.p_value,
        "share": language.percent,
    }.get(measure.unit, language.decimal)
    return written(value, DIGITS.get(measure.unit, 0) if digits is None else digits)


def interval_text(low: float, high: float, language: Language) -> str:
    """Write an interval, ``6,5 tot 7,5``, or its one value when both ends are the same."""
    if low == high:
        return language.shortest(low)
    return language.translate(N_("{low} to {high}")).format(low=language.shortest(low), high=language.shortest(high))
