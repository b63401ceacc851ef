/** Scripts whose letters run from right to left: bidi classes R and AL, which JavaScript's `\p{…}` does not know. */
const RIGHT_TO_LEFT = new RegExp(
  `[${[
    'Adlam Arabic Avestan Chorasmian Cypriot Elymaic Hanifi_Rohingya Hatran Hebrew Imperial_Aramaic',
    'Inscriptional_Pahlavi Inscriptional_Parthian Kharoshthi Lydian Mandaic Manichaean Mende_Kikakui',
    'Meroitic_Cursive Meroitic_Hieroglyphs Nabataean Nko Old_Hungarian Old_North_Arabian Old_Sogdian',
    'Old_South_Arabian Old_Turkic Old_Uyghur Palmyrene Phoenician Psalter_Pahlavi Samaritan Sogdian Syriac',
    'Thaana Yezidi',
  ]
    .join(' ')
    .split(' ')
    .map((script) => `\\p{Script=${script}}`)
    .join('')}]`,
  'u',
);
const ARABIC_NUMBER = /[\u0660-\u0669\u066b\u066c\u{10e60}-\u{10e7e}]/u;
const EUROPEAN_NUMBER = /[0-9\u06f0-\u06f9]/u;
const NON_SPACING = /[\p{Mn}\p{Me}]/u;
const LETTER = /[\p{L}\p{Mc}\p{Nd}\p{Nl}]/u;

type BidiClass = 'left' | 'right' | 'arabic-number' | 'european-number' | 'mark' | 'neutral';

function bidiClass(character: string): BidiClass {
  if (NON_SPACING.test(character)) return 'mark';
  if (ARABIC_NUMBER.test(character)) return 'arabic-number';
  if (EUROPEAN_NUMBER.test(character)) return 'european-number';
  if (RIGHT_TO_LEFT.test(character)) return 'right';
  return LETTER.test(character) ? 'left' : 'neutral';
}

/**
 * The Bidi Rule (RFC 5893 §2) for a text that holds right-to-left characters; any other passes.
 * @throws TypeError when the text would be displayed ambiguously
 */
export function checkBidi(text: string): void {
  const classes = [...text].map(bidiClass);
  if (!classes.some((one) => one === 'right' || one === 'arabic-number')) return;
  const last = classes.findLast((one) => one !== 'mark');
  const mixedNumbers = classes.includes('arabic-number') && classes.includes('european-number');
  const fine =
    classes[0] === 'right'
      ? !classes.includes('left') && last !== 'neutral' && !mixedNumbers
      : classes[0] === 'left' && !classes.includes('right') && !classes.includes('arabic-number') && last !== 'neutral';
  if (!fine) throw new TypeError('it mixes writing directions');
}
