/** The states of the EEA as the EU's database of statements names them: ISO 3166-1, Greece as GR. */
export const eeaStates: readonly string[] =
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' ');
