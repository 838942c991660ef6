"""What every rule is called, how heavy it weighs and how it is told to the person who made the delivery.

The SQL that finds the offending rows stands in `rule_sql`; `validation` runs it. Some rules have no SQL, as they are
noted while reading: `READ_RULES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evaluation.sources.delivery.contract import Rule

READ_RULES = ("unreadable_value", "incomplete_date", "unknown_column", "restored_zero", "unproven_day_order")
"""Noted while reading; a second validation of the same delivery keeps these and finds the others anew."""

_ALL = (
    Rule(
        "unreadable_value",
        "error",
        "De waarde past niet bij de kolom, bijvoorbeeld letters waar een getal of een datum hoort.",
        "The value does not fit the column, for instance letters where a number or a date belongs.",
        "Verbeter de waarde in het bronsysteem, of maak de cel leeg als de waarde niet bekend is.",
        "Correct the value in the source system, or empty the cell when the value is not known.",
    ),
    Rule(
        "incomplete_date",
        "error",
        "De datum is niet volledig: de dag of de maand ontbreekt.",
        "The date is incomplete: the day or the month is missing.",
        "Vul de volledige datum in, met dag, maand en jaar.",
        "Enter the full date, with day, month and year.",
    ),
    Rule(
        "unknown_column",
        "warning",
        "Deze kolom kent de evaluatie niet; zij is niet ingelezen.",
        "The evaluation does not know this column; it was left out.",
        "Controleer de naam, of laat de kolom voortaan weg.",
        "Check its name, or leave the column out from now on.",
    ),
    Rule(
        "restored_zero",
        "warning",
        "Bij codes in deze kolom was de voorloopnul weg; die is teruggezet.",
        "Codes in this column had lost their leading zero; it was put back.",
        "Lever codes aan als tekst, zodat de nul blijft staan.",
        "Deliver codes as text, so that the zero stays.",
    ),
    Rule(
        "unproven_day_order",
        "warning",
        "De datums met schuine strepen bewijzen niet dat de dag vooropstaat; zo zijn ze wel gelezen.",
        "The dates with slashes do not prove that the day comes first; they were read that way.",
        "Controleer een paar datums, of lever ze aan als 2024-03-25.",
        "Check a few dates, or deliver them as 2024-03-25.",
    ),
    Rule(
        "required_value_missing",
        "error",
        "Een verplicht gegeven is niet ingevuld.",
        "A required value was not filled in.",
        "Vul het gegeven in het bronsysteem in en lever opnieuw aan.",
        "Fill in the value in the source system and deliver again.",
    ),
    Rule(
        "end_before_start",
        "error",
        "De einddatum ligt voor de begindatum.",
        "The end date lies before the start date.",
        "Zoek uit welke van de twee datums fout is en verbeter die.",
        "Find out which of the two dates is wrong and correct it.",
    ),
    Rule(
        "start_before_birth",
        "error",
        "De hulp begon volgens deze datum voor het geboortejaar van de jeugdige.",
        "According to this date the help began before the year in which the young person was born.",
        "Controleer de begindatum en het geboortejaar, en verbeter wat fout is.",
        "Check the start date and the year of birth, and correct what is wrong.",
    ),
    Rule(
        "start_after_23",
        "error",
        "De jeugdige was bij het begin van de hulp ouder dan 23 jaar, gerekend naar geboortejaar.",
        "The young person was over 23 when the help began, counted by year of birth.",
        "Controleer de begindatum en het geboortejaar; haal hulp aan volwassenen uit de levering.",
        "Check the start date and the year of birth; take help to adults out of the delivery.",
    ),
    Rule(
        "date_in_future",
        "error",
        "De datum ligt na de dag van levering.",
        "The date lies after the day of delivery.",
        "Verbeter de datum; laat een datum leeg zolang iets nog niet is gebeurd.",
        "Correct the date; leave a date empty as long as something has not happened yet.",
    ),
    Rule(
        "date_before_2000",
        "error",
        "De datum ligt voor het jaar 2000 en is dus waarschijnlijk een invulwaarde of een tikfout.",
        "The date lies before the year 2000, so it is probably a filler or a typing error.",
        "Vul de juiste datum in, of maak de cel leeg als de datum niet bekend is.",
        "Enter the right date, or empty the cell when the date is not known.",
    ),
    Rule(
        "duplicate_id",
        "error",
        "Dit nummer komt meer dan eens voor, terwijl het bij één regel hoort.",
        "This number occurs more than once, although it belongs to one row.",
        "Zoek uit welke regel de juiste is, haal de andere weg en lever opnieuw aan.",
        "Find out which row is the right one, remove the others and deliver again.",
    ),
    Rule(
        "orphan_key",
        "error",
        "De regel verwijst naar een nummer dat in de bijbehorende tabel niet voorkomt.",
        "The row refers to a number that does not occur in the table it belongs to.",
        "Verbeter het nummer, of voeg de ontbrekende regel aan de andere tabel toe.",
        "Correct the number, or add the missing row to the other table.",
    ),
    Rule(
        "unknown_code",
        "error",
        "De code staat niet in de codelijst.",
        "The code is not in the code list.",
        "Gebruik een code uit de codelijst; let op een weggevallen nul vooraan, zoals 1 in plaats van 01.",
        "Use a code from the code list; mind a lost zero in front, such as 1 instead of 01.",
    ),
    Rule(
        "out_of_range",
        "error",
        "Het getal ligt buiten de grenzen van de kolom.",
        "The number lies outside the bounds of the column.",
        "Verbeter het getal: een fase is een geheel getal van 1 tot en met 9.",
        "Correct the number: a phase is a whole number from 1 to 9.",
    ),
    Rule(
        "overlap_same_product",
        "error",
        "Dezelfde jeugdige heeft op dat moment al een lopend traject met hetzelfde product.",
        "The same young person already has a running trajectory with the same product at that moment.",
        "Sluit het eerdere traject af, of haal het dubbele traject weg.",
        "Close the earlier trajectory, or remove the double one.",
    ),
    Rule(
        "hours_after_end",
        "error",
        "Er zijn uren geschreven in een maand na het einde van het traject.",
        "Hours were written in a month after the end of the trajectory.",
        "Controleer de einddatum van het traject en de maand van de uren.",
        "Check the end date of the trajectory and the month of the hours.",
    ),
    Rule(
        "hours_over_200",
        "error",
        "Voor dit traject zijn in één maand meer dan 200 uren geschreven.",
        "More than 200 hours were written for this trajectory in one month.",
        "Controleer de uren, ook op een verkeerd geplaatste komma of punt.",
        "Check the hours, also for a comma or point in the wrong place.",
    ),
    Rule(
        "negative_hours",
        "error",
        "Het aantal uren is kleiner dan nul.",
        "The number of hours is less than zero.",
        "Verwerk een correctie in de maand waarop zij slaat, zodat het aantal nul of meer is.",
        "Settle a correction in the month it is about, so that the number is zero or more.",
    ),
    Rule(
        "registered_long_after_start",
        "warning",
        "Het traject is meer dan een jaar na het begin geregistreerd.",
        "The trajectory was registered more than a year after it began.",
        "Controleer de begindatum en de registratiedatum; klopt het, dan hoeft u niets te doen.",
        "Check the start date and the date of registration; if they are right, nothing needs to be done.",
    ),
    Rule(
        "dormant",
        "warning",
        "Het traject staat open, maar er is al meer dan 90 dagen niets gebeurd.",
        "The trajectory is open, but nothing has happened for more than 90 days.",
        "Ga na of de hulp is geëindigd en vul dan de einddatum in.",
        "Find out whether the help has ended, and if so enter the end date.",
    ),
    Rule(
        "client_spelt_two_ways",
        "warning",
        "Hetzelfde cliëntnummer lijkt op meer dan één manier geschreven te zijn.",
        "The same client number seems to be written in more than one way.",
        "Schrijf het cliëntnummer overal hetzelfde: hoofdletters, nullen vooraan, spaties, punten en streepjes.",
        "Write the client number the same everywhere: capitals, zeros in front, spaces, points and dashes.",
    ),
    Rule(
        "heaping_new_year",
        "warning",
        "Opvallend veel datums vallen op 1 januari of 31 december; dat wijst op administratieve datums.",
        "Remarkably many dates fall on 1 January or 31 December, which points to administrative dates.",
        "Vul de dag in waarop de hulp echt begon of eindigde, of meld waarom deze datums kloppen.",
        "Enter the day on which the help really began or ended, or report why these dates are right.",
    ),
    Rule(
        "end_reason_missing_by_team",
        "warning",
        "Bij dit team ontbreekt bij meer dan één op de vijf geëindigde trajecten de reden van het einde.",
        "For this team more than one in five ended trajectories has no reason for ending.",
        "Vraag het team om de ontbrekende redenen aan te vullen.",
        "Ask the team to fill in the missing reasons.",
    ),
    Rule(
        "fte_jump",
        "warning",
        "De bezetting verschilt meer dan 30 procent van die in de maand ervoor.",
        "The staff differs by more than 30 per cent from that of the month before.",
        "Controleer de bezetting van beide maanden; klopt de sprong, meld dan de oorzaak.",
        "Check the staff of both months; if the jump is right, report its cause.",
    ),
    Rule(
        "consent_expired",
        "warning",
        "De toestemming om dit verhaal te gebruiken is verlopen.",
        "The consent to use this story has expired.",
        "Vraag opnieuw toestemming, of haal het verhaal uit de levering.",
        "Ask for consent again, or take the story out of the delivery.",
    ),
    Rule(
        "ledger_not_annual_account",
        "warning",
        "De kosten van dit jaar tellen niet op tot het bedrag in de jaarrekening (in miljoenen euro's).",
        "The costs of this year do not add up to the amount in the annual accounts (in millions of euros).",
        "Ga na welke boekingen ontbreken of te veel zijn, of verklaar het verschil.",
        "Find out which bookings are missing or too many, or explain the difference.",
    ),
    Rule(
        "parent_quarantined",
        "error",
        "De regel hoort bij een traject, cliënt of gezin waarvan de eigen regel opzij is gezet.",
        "The row belongs to a trajectory, client or family whose own row was set aside.",
        "Verbeter eerst die andere regel; daarna telt deze vanzelf weer mee.",
        "Correct that other row first; this one then counts again by itself.",
    ),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in _ALL})
"""Every rule by its id."""
