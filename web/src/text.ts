// What the pages say, in English and Korean.

export type Language = 'en' | 'ko';

const TEXTS = {
  networks: ['Networks', '신경망'],
  all: ['All networks', '모든 신경망'],
  language: ['한국어', 'English'],
  parameters: ['{0} parameters', '파라미터 {0}개'],
  loading: ['Loading the network ...', '신경망을 읽는 중 ...'],
  privacy: [
    'Computed in this page by LiteRT.js. Nothing is sent anywhere.',
    '이 페이지 안에서 LiteRT.js로 계산합니다. 아무것도 전송하지 않습니다.',
  ],
  probeRight: [
    '✓ Checked: it answers {0} known rows as it did when it was saved (worst difference {1}).',
    '✓ 확인됨: 알려진 {0}개 행에 저장할 때와 같은 답을 냅니다(가장 큰 차이 {1}).',
  ],
  probeWrong: [
    '✗ Refused: its answers to {0} known rows are not those that were saved (worst difference {1}). No answer is shown. Export it again.',
    '✗ 거부됨: 알려진 {0}개 행에 대한 답이 저장된 답과 다릅니다(가장 큰 차이 {1}). 답을 보여 주지 않습니다. 다시 내보내십시오.',
  ],
  cannotShow: ['This network cannot be shown: {0}', '이 신경망을 보여 줄 수 없습니다: {0}'],
  damagedFile: [
    '{0} is damaged: it is not the file that was written. Export the network again.',
    '{0} 파일이 손상되었습니다. 신경망을 다시 내보내십시오.',
  ],
  noFile: [
    '{0} could not be read. Export the network again, or start kerazoo demo again.',
    '{0} 파일을 읽을 수 없습니다. 신경망을 다시 내보내거나 kerazoo demo를 다시 시작하십시오.',
  ],
  needsServer: [
    'A folder must come from a web server: run "python -m http.server" in it. To open a page without one, export a file that ends in .html.',
    '폴더는 웹 서버에서 열어야 합니다. 폴더에서 "python -m http.server"를 실행하거나, .html로 끝나는 파일 하나로 내보내십시오.',
  ],
  noWebAssembly: [
    'This browser runs no WebAssembly, which computes the answers. Use a current Chrome, Edge, Firefox or Safari, or predict with kerazoo in Python.',
    '이 브라우저는 답을 계산하는 WebAssembly를 실행하지 못합니다. 최신 Chrome, Edge, Firefox, Safari를 쓰거나 Python에서 kerazoo로 예측하십시오.',
  ],
  noNetwork: ['There is no network {0} here.', '{0}(이)라는 신경망이 없습니다.'],
  connecting: ['Looking for the training ...', '학습을 찾는 중 ...'],
  notFound: [
    'There is no training at this address any more. Start kerazoo train again with --live.',
    '이 주소에는 더 이상 학습이 없습니다. --live를 붙여 kerazoo train을 다시 시작하십시오.',
  ],
  lost: [
    'The training is not heard of any more. What came until then stays; this page keeps asking.',
    '학습 소식이 끊겼습니다. 그때까지 받은 것은 남아 있으며, 이 페이지는 계속 다시 묻습니다.',
  ],
  preparing: ['Preparing: the network is being built and compiled.', '준비 중: 신경망을 만들고 컴파일합니다.'],
  training: ['Training', '학습 중'],
  judging: ['The epochs are done; it is judged, and saved.', '에포크가 끝났습니다. 평가하고 저장합니다.'],
  trainingDone: ['✓ The training is done. Nothing more comes; what is shown stays.', '✓ 학습이 끝났습니다. 더 이상 바뀌지 않으며, 보이는 내용은 남아 있습니다.'],
  interrupted: ['The training was interrupted. The terminal says what was kept.', '학습이 중단되었습니다. 무엇이 저장되었는지는 터미널에 나옵니다.'],
  failed: ['✗ The training failed: {0}', '✗ 학습이 실패했습니다: {0}'],
  livePrivacy: ['Shown by kerazoo train --live on this machine, for as long as the training takes.', 'kerazoo train --live가 학습하는 동안 이 컴퓨터에서 보여 줍니다.'],
  nameAndSeed: ['{0}, seed {1}', '{0}, 시드 {1}'],
  seedNumber: ['Seed {0}', '시드 {0}'],
  epoch: ['Epoch', '에포크'],
  epochs: ['Epochs', '에포크'],
  epochOf: ['Epoch {0} of at most {1}', '에포크 {0} (최대 {1})'],
  timeLeft: ['About {0} left', '약 {0} 남음'],
  timeTaken: ['It has taken {0}', '{0} 지남'],
  bestEpoch: ['Best {0}: {1}, of epoch {2}', '가장 좋은 {0}: {1} (에포크 {2})'],
  onTraining: ['training', '학습'],
  onValidation: ['validation', '검증'],
  onTest: ['On the test part', '시험 데이터에서'],
  noFinite: ['No finite number yet.', '아직 유한한 수가 없습니다.'],
  everyOther: ['One of {0} epochs is drawn.', '{0}에포크마다 하나씩 그립니다.'],
  latestEpochs: ['The latest epochs', '최근 에포크'],
  input: ['Input', '입력'],
  answer: ['Answer', '답'],
  why: ['Why', '이유'],
  example: ['Another example', '다른 예'],
  outside: ['Outside what it was trained on ({0} to {1})', '학습 범위({0}~{1}) 밖입니다'],
  other: ['(another word)', '(다른 단어)'],
  empty: ['(empty)', '(빈칸)'],
  fillIn: ['Fill in {0}: it needs a number.', '{0}에 숫자를 넣으십시오.'],
  coverage: ['How often the truth is to be inside', '참값이 안에 들어 있을 비율'],
  set: ['Set of {0}: {1}', '{0} 집합: {1}'],
  emptySet: ['empty, none of these', '비어 있음, 해당 없음'],
  interval: ['{0} interval: {1} to {2}', '{0} 구간: {1}~{2}'],
  notCalibrated: [
    'It says nothing of how sure it is: kerazoo calibrate adds that.',
    '얼마나 확실한지는 알 수 없습니다. kerazoo calibrate로 더할 수 있습니다.',
  ],
  tooFew: ['Too few validation rows can tell for this share.', '이 비율을 말하기에는 검증 행이 너무 적습니다.'],
  inSet: ['in the set', '집합에 포함'],
  shares: [
    'About what each column adds to {0}, from {1} on average over training rows to {2} here (Shapley values).',
    '각 열이 {0}에 더하는 몫: 학습 행 평균 {1}에서 이 행의 {2}까지(섀플리 값, 근사).',
  ],
  sharesExactly: [
    'What each column adds to {0}, from {1} on average over training rows to {2} here (Shapley values, exact).',
    '각 열이 {0}에 더하는 몫: 학습 행 평균 {1}에서 이 행의 {2}까지(섀플리 값, 정확).',
  ],
  tooManyColumns: ['{0} columns are too many to say why in a page; {1} are the most.', '열이 {0}개라 페이지에서 이유를 말할 수 없습니다. 최대 {1}개입니다.'],
  findColumn: ['Find a column', '열 찾기'],
  columnsShown: ['{0} of {1} columns that fit are shown, of {2} in all.', '맞는 열 {1}개 가운데 {0}개를 보여 줍니다. 모두 {2}개입니다.'],
  exactly: ['Compute them exactly: about {0} seconds', '정확히 계산하기: 약 {0}초'],
  noSample: [
    'It holds no training rows to compare with, so it cannot say why: kerazoo calibrate adds them.',
    '비교할 학습 행이 없어 이유를 말할 수 없습니다. kerazoo calibrate로 더할 수 있습니다.',
  ],
  probabilityOf: ['the probability of {0}', '{0}의 확률'],
  draw: ['Draw here', '여기에 그리기'],
  drawHint: [
    'With a mouse, a pen or a finger; or with the arrow keys, holding Shift to draw.',
    '마우스, 펜, 손가락으로 그리거나, 화살표 키로 움직이고 Shift를 누른 채 그립니다.',
  ],
  drawMore: ['Draw something, choose an image, or take an example.', '그리거나, 이미지를 고르거나, 예를 쓰십시오.'],
  clear: ['Clear', '지우기'],
  choose: ['Choose an image', '이미지 고르기'],
  drop: ['or drop or paste one here', '또는 여기에 끌어다 놓거나 붙여 넣기'],
  invert: ['Ink on paper: dark becomes light', '종이에 쓴 글씨: 어두움과 밝음을 바꿈'],
  sees: ['What the network sees, {0} by {1} pixels', '신경망이 보는 {0}×{1} 픽셀'],
  examples: ['Examples', '예'],
  exampleNumber: ['Example {0}', '예 {0}'],
  heat: [
    'Orange patches speak for {0}, blue ones against it: how much its probability loses when a patch is covered.',
    '주황색은 {0}의 근거, 파란색은 반대 근거: 그 부분을 가리면 확률이 얼마나 줄어드는지.',
  ],
  heatShow: ['Show which patches count', '중요한 부분 표시'],
  maps: ['Feature maps', '특징 맵'],
  mapsExplained: [
    'What each convolution has found, and where: bright is much. All maps of a layer share one scale.',
    '합성곱층이 무엇을 어디에서 찾았는지: 밝을수록 큽니다. 한 층의 맵은 같은 척도를 씁니다.',
  ],
  mapsOf: ['{0}: {1} maps of {2} by {3}', '{0}: {2}×{3} 맵 {1}개'],
  mapsShown: ['(the first {0})', '(앞 {0}개)'],
  notImage: ['{0} is not an image that this browser can read.', '{0}은(는) 이 브라우저가 읽을 수 있는 이미지가 아닙니다.'],
  tooLarge: [
    '{0} has {1} million pixels; {2} million are the most. Make it smaller first.',
    '{0}은(는) {1}백만 픽셀입니다. 최대 {2}백만 픽셀이므로 먼저 줄이십시오.',
  ],
  tooHeavy: ['{0} has {1} MB; {2} MB are the most.', '{0}은(는) {1}MB입니다. 최대 {2}MB입니다.'],
  cropped: ['Cropped around the center, and resized.', '가운데를 잘라 크기를 맞추었습니다.'],
  window: ['The rows so far, the latest last', '지금까지의 행, 마지막이 가장 최근'],
  stepsBefore: ['{0} before', '{0}행 전'],
  forecast: ['Forecast of {0}', '{0} 예측'],
  forecastRow: ['Row {0} ahead: {1}, 90 % between {2} and {3}', '{0}행 뒤: {1}, 90 %는 {2}~{3}'],
  fan: [
    'Shaded: half, and nine in ten, of what may come. Drag a point, or move it with the arrow keys.',
    '음영: 가능한 값의 절반과 90 %. 점을 끌거나 화살표 키로 움직이십시오.',
  ],
  ownUnits: ['Values are in standard deviations from the mean of each series.', '값은 각 시계열 평균에서의 표준편차 단위입니다.'],
  noResiduals: ['It does not say how far off it may be.', '얼마나 빗나갈 수 있는지는 알 수 없습니다.'],
  latent: ['Latent vector', '잠재 벡터'],
  latentNumber: ['Number {0}', '{0}번째 수'],
  latentShown: ['The first {0} of {1} numbers; the others keep their values.', '{1}개 가운데 앞 {0}개. 나머지는 그대로입니다.'],
  map: ['Every image of this plane: click, drag, or use the arrow keys', '평면의 모든 이미지: 누르거나 끌거나 화살표 키를 쓰십시오'],
  image: ['Image', '이미지'],
  random: ['Random', '무작위'],
  walk: ['Walk', '산책'],
  stop: ['Stop', '멈춤'],
  encode: ['Where images lie: each is encoded, and drawn again', '이미지의 위치: 부호화한 다음 다시 그립니다'],
  takes: ['It takes {0} of shape ({1}), and gives {2} of shape ({3}).', '모양 ({1})의 {0}을(를) 받아 모양 ({3})의 {2}을(를) 냅니다.'],
  plain: [
    'There is no page of its own for this kind of network yet. Below are the rows that were saved with it, answered anew in this page.',
    '이 종류의 신경망에는 아직 전용 페이지가 없습니다. 아래는 함께 저장된 행을 이 페이지에서 다시 계산한 답입니다.',
  ],
  given: ['Given', '입력'],
  answered: ['Answered here', '여기서 낸 답'],
  saved: ['Saved', '저장된 답'],
  text: ['Text', '글'],
  noWords: ['Write something: none of the {0} words that it knows is in the text.', '글을 쓰십시오. 아는 {0}개 단어가 하나도 없습니다.'],
  unknownWords: ['It does not know: {0}', '모르는 단어: {0}'],
  leftOut: ['What the probability of {0} loses when a word is left out', '단어를 뺄 때 {0}의 확률이 줄어드는 정도'],
  reads: ['What it reads', '읽는 글'],
  writes: ['What it writes', '쓰는 글'],
  writeText: ['Write a text.', '글을 쓰십시오.'],
  tooLong: ['These are {0} characters; it reads {1} at most.', '{0}자입니다. 최대 {1}자까지 읽습니다.'],
  noCharacters: ['It knows none of these characters.', '아는 글자가 하나도 없습니다.'],
  unknownCharacters: ['It does not know: {0}', '모르는 글자: {0}'],
  nothingWritten: ['(nothing)', '(없음)'],
  sureOf: ['Probability of all its characters together: {0}', '모든 글자를 합친 확률: {0}'],
  attention: ['Attention', '어텐션'],
  attentionOf: [
    'Each row is a character that it wrote: the stronger the color of a cell, the more it looked at the character above.',
    '행은 쓴 글자입니다. 칸의 색이 강할수록 위의 글자를 더 많이 보았습니다.',
  ],
  noAttention: ['This network does not look back at what it has read.', '이 신경망은 읽은 것을 다시 보지 않습니다.'],
  begins: ['The text so far', '지금까지의 글'],
  nextWords: ['What may come next', '다음에 올 단어'],
  write: ['Write 20 words', '20단어 쓰기'],
  appended: ['Choose a word to go on with.', '이어 쓸 단어를 고르십시오.'],
  word: ['Word', '단어'],
  nearest: ['Nearest words', '가까운 단어'],
  analogy: ['{0} is to {1} as {2} is to ...', '{0}와(과) {1}의 관계처럼 {2}와(과)는 ...'],
  analogies: ['Analogy', '유추'],
  first: ['first', '첫째'],
  second: ['second', '둘째'],
  third: ['third', '셋째'],
  noWord: ['It does not know {0}.', '{0}: 모르는 단어입니다.'],
  readingWords: ['Looking at every word ...', '모든 단어를 읽는 중 ...'],
  best: ['The ten items that it expects {0} to like most', '{0}이(가) 가장 좋아할 것으로 예측한 열 가지'],
  nextItems: ['Recommended', '추천'],
  unknownName: ['{0} is nobody that it knows.', '{0}: 모르는 이름입니다.'],
  play: ['Play', '시작'],
  restart: ['Start again', '다시 시작'],
  byYou: ['You push, with the arrow keys or the buttons', '화살표 키나 버튼으로 직접 밀기'],
  left: ['← Left', '← 왼쪽'],
  right: ['Right →', '오른쪽 →'],
  kept: ['Upright for {0} of 500 steps', '500걸음 가운데 {0}걸음 버팀'],
  fell: ['It fell after {0} steps.', '{0}걸음 만에 쓰러졌습니다.'],
  done: ['All 500 steps: done.', '500걸음을 모두 버텼습니다.'],
  cartpole: ['A cart with a pole on it, seen from the side', '막대를 세운 수레를 옆에서 본 그림'],
  push: ['Knock the pole', '막대 건드리기'],
  rowNumber: ['Row {0}', '{0}행'],
} satisfies Record<string, [string, string]>;

export type Phrase = keyof typeof TEXTS;

let language: Language = 'en';

/** Korean for who reads Korean; what was chosen before comes first. */
export function chooseLanguage(chosen?: Language): void {
  language = chosen ?? (navigator.language.startsWith('ko') ? 'ko' : 'en');
  document.documentElement.lang = language;
}

export function currentLanguage(): Language {
  return language;
}

export function t(phrase: Phrase, ...values: (string | number)[]): string {
  const text = TEXTS[phrase][language === 'ko' ? 1 : 0];
  return text.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));
}
