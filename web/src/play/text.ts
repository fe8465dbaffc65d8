// What the playground says, in English and Korean.

import {currentLanguage} from '../text';

const TEXTS = {
  title: ['Playground', '놀이터'],
  about: [
    'A small network learns while you look. Change anything, at any time.',
    '작은 신경망이 배우는 모습을 봅니다. 언제든지 무엇이든 바꿀 수 있습니다.',
  ],
  local: [
    'Trained on this machine, by kerazoo and TensorFlow. Nothing is sent anywhere else.',
    '이 컴퓨터에서 kerazoo와 TensorFlow로 학습합니다. 다른 곳으로는 아무것도 보내지 않습니다.',
  ],
  starting: ['Starting TensorFlow ...', 'TensorFlow를 시작하는 중 ...'],
  lost: [
    'The connection is lost. Is kerazoo play still running?',
    '연결이 끊어졌습니다. kerazoo play가 실행 중인지 확인하십시오.',
  ],
  ended: ['kerazoo play has ended.', 'kerazoo play가 끝났습니다.'],
  play: ['Play', '시작'],
  pause: ['Pause', '멈춤'],
  step: ['One epoch', '한 에포크'],
  reset: ['Start again', '다시 시작'],
  pace: ['Speed', '속도'],
  paceSome: ['{0} per frame', '화면마다 {0}에포크'],
  paceMost: ['as fast as possible', '최대한 빠르게'],
  epoch: ['Epoch', '에포크'],
  perSecond: ['up to {0} epochs a second', '초당 최대 {0}에포크'],
  preparing: ['Preparing the network ...', '신경망을 준비하는 중 ...'],
  loading: ['Preparing the data ...', '데이터를 준비하는 중 ...'],
  paused: ['Paused', '멈춰 있음'],
  playing: ['Learning', '학습 중'],
  diverged: [
    'The numbers have grown beyond all bounds. Choose a lower learning rate, and start again.',
    '숫자가 한없이 커졌습니다. 학습률을 낮추고 다시 시작하십시오.',
  ],
  data: ['Data', '데이터'],
  network: ['Network', '신경망'],
  learning: ['Learning', '학습'],
  dataSet: ['Data set', '데이터 세트'],
  circles: ['Circles', '원'],
  xor: ['XOR', 'XOR'],
  gaussians: ['Two clouds', '두 구름'],
  spirals: ['Spirals', '나선'],
  curve: ['A curve', '곡선'],
  wine_color: ['Wine: red or white', '와인: 적 또는 백'],
  wine_quality: ['Wine: quality', '와인: 품질'],
  boston: ['Boston: price of homes', '보스턴: 집값'],
  own: ['Your table', '내 표'],
  noise: ['Noise', '잡음'],
  noNoise: ['Only for data that is drawn here', '여기서 그린 데이터에만'],
  testShare: ['Held out for the test', '테스트로 남긴 비율'],
  seed: ['Seed', '시드'],
  newSeed: ['Another', '다른 값'],
  xAxis: ['Across', '가로축'],
  yAxis: ['Up', '세로축'],
  nothing: ['(nothing)', '(없음)'],
  hidden: ['Hidden layers', '은닉층'],
  units: ['Units of layer {0}', '{0}층의 유닛'],
  add: ['Add a layer', '층 더하기'],
  remove: ['Remove the last', '마지막 층 빼기'],
  activation: ['Activation', '활성화 함수'],
  optimizer: ['Optimizer', '최적화 방법'],
  rate: ['Learning rate', '학습률'],
  penalty: ['Penalty', '벌점'],
  penaltySize: ['Size of the penalty', '벌점의 크기'],
  none: ['none', '없음'],
  dropout: ['Dropout', '드롭아웃'],
  batch: ['Batch size', '배치 크기'],
  picture: ['What it answers', '답'],
  typical: ['The other columns: {0}.', '다른 열: {0}.'],
  noPicture: ['No column of numbers could be an axis.', '축으로 쓸 수 있는 숫자 열이 없습니다.'],
  trainPoint: ['filled: learned from', '채운 점: 훈련'],
  testPoint: ['hollow: test', '빈 점: 테스트'],
  losses: ['Loss', '손실'],
  training: ['training', '훈련'],
  test: ['test', '테스트'],
  accuracy: ['Accuracy', '정확도'],
  error: ['Error (RMSE)', '오차(RMSE)'],
  part: ['Rows', '행'],
  baseline: ['baseline: {0}', '기준 모델: {0}'],
  baselineClass: ['always the most frequent class', '항상 가장 많은 클래스'],
  baselineNumber: ['always the mean', '항상 평균'],
  rows: ['{0} rows to learn from, {1} for the test.', '훈련 {0}행, 테스트 {1}행.'],
  rowsOf: ['{0} rows to learn from, {1} for the test, drawn from {2}.', '{2}행에서 뽑은 훈련 {0}행, 테스트 {1}행.'],
  weights: ['Weights', '가중치'],
  weightsHint: [
    'A line is a weight: the thicker, the larger. Blue is above 0, orange below.',
    '선은 가중치입니다. 굵을수록 큽니다. 파란색은 양수, 주황색은 음수입니다.',
  ],
  layer: ['Layer', '층'],
  output: ['output', '출력'],
  meanWeight: ['Mean |weight|', '평균 |가중치|'],
  gradient: ['Mean |gradient|', '평균 |기울기|'],
  vanishing: ['vanishing', '소실'],
  gradientHint: [
    'Of the loss, layer by layer, on a scale of powers of ten. A layer says "vanishing" if its gradient is below a hundredth of the largest.',
    '손실의 기울기를 층마다 10의 거듭제곱 눈금으로 보입니다. 가장 큰 기울기의 100분의 1보다 작으면 "소실"이라고 표시합니다.',
  ],
  predictions: ['Test rows', '테스트 행'],
  scatter: [
    'Across: the truth. Up: the answer. On the line, both are the same.',
    '가로: 참값. 세로: 답. 선 위에서는 둘이 같습니다.',
  ],
  truth: ['Truth', '참'],
  answered: ['Answered', '답'],
  code: ['Continue in Python', 'Python으로 이어 가기'],
  codeHint: [
    'This program trains the same network on the same data, to the epoch that it is at now.',
    '같은 데이터로 같은 신경망을 지금의 에포크까지 학습하는 프로그램입니다.',
  ],
  showCode: ['Show the code', '코드 보기'],
  copy: ['Copy', '복사'],
  copied: ['Copied', '복사됨'],
  linear: ['linear (none)', 'linear(없음)'],
} satisfies Record<string, [string, string]>;

export type Phrase = keyof typeof TEXTS;

export function isPhrase(name: string): name is Phrase {
  return name in TEXTS;
}

export function t(phrase: Phrase, ...values: (string | number)[]): string {
  const text = TEXTS[phrase][currentLanguage() === 'ko' ? 1 : 0];
  return text.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));
}
