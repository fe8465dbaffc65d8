"""The words of the Korean README's table, by their English ones.

A phrase that is not here stays English, so that adding a network is still adding one file.
"""

from __future__ import annotations

HEADINGS = {
    "network": "신경망",
    "what it does, and what it is judged by": "하는 일과 평가 지표",
    "published": "문헌에 실린 값",
    "best baseline": "가장 좋은 기준 모델",
    "ours": "kerazoo",
    "the baseline wins": "기준 모델이 더 좋음",
    "level with the baseline": "기준 모델과 비슷함",
    "lower is better": "낮을수록 좋음",
}

SUMMARIES = {
    "a small regression network that prices homes in $1000s": (
        "집값(천 달러)을 예측하는 작은 회귀 신경망"
    ),
    "red wine or white, from eleven measurements and the quality score": (
        "열한 가지 측정값과 품질 점수로 레드 와인과 화이트 와인을 구분"
    ),
    "the quality of a wine in three classes, from its measurements and color": (
        "측정값과 색으로 와인의 품질을 세 클래스로 분류"
    ),
    "many networks that share weights learn any table, words and empty cells included": (
        "가중치를 나누어 쓰는 여러 신경망으로 문자열과 빈칸이 있는 표도 그대로 학습"
    ),
    "three sigmoid units learn exclusive or, which a single unit cannot": (
        "유닛 하나로는 배울 수 없는 XOR을 시그모이드 유닛 세 개로 학습"
    ),
    "one sigmoid unit learns AND, OR and NAND, and cannot learn exclusive or": (
        "시그모이드 유닛 하나로 AND, OR, NAND는 배우고 XOR은 배우지 못함"
    ),
    "one linear unit finds a straight line, or a plane, by gradient descent": (
        "선형 유닛 하나로 직선이나 평면을 경사 하강법으로 찾음"
    ),
    "one sigmoid unit, trained by a loop that is written out step by step": (
        "시그모이드 유닛 하나를 한 단계씩 직접 쓴 반복문으로 학습"
    ),
    "one hidden layer prices baseball players in $1000s from what they did": (
        "은닉층 하나로 야구 선수의 기록에서 연봉(천 달러)을 예측"
    ),
    "one layer gives each class a score that is linear in the pixels": (
        "층 하나로 픽셀에 선형인 점수를 클래스마다 계산"
    ),
    "one hidden layer classifies images of ten kinds of clothes": (
        "은닉층 하나로 옷 이미지를 열 클래스로 분류"
    ),
    "two hidden layers with dropout read handwritten digits": (
        "드롭아웃을 쓰는 은닉층 둘로 손글씨 숫자를 인식"
    ),
    "the convolutional network of 1998 reads handwritten digits": (
        "1998년의 합성곱 신경망으로 손글씨 숫자를 인식"
    ),
    "five convolutions with relus, and two dense layers with dropout, as in 2012": (
        "ReLU를 쓰는 합성곱층 다섯과 드롭아웃을 쓰는 전결합층 둘로 이미지를 분류(2012년의 AlexNet)"
    ),
    "filters of several sizes look at the same place side by side": (
        "크기가 다른 필터들이 같은 곳을 나란히 보고 이미지를 분류(GoogLeNet의 인셉션 모듈)"
    ),
    "shortcuts past every two convolutions let a network of many layers learn": (
        "합성곱층 둘마다 스킵 연결을 두어 층이 많은 신경망도 학습(ResNet)"
    ),
    "every layer of a block sees what all layers before it found": (
        "블록의 각 층이 앞선 모든 층의 특징 맵을 함께 받음(DenseNet)"
    ),
    "a transformer reads an image as a row of patches, each of which looks at all others": (
        "이미지를 패치로 나누어, 각 패치가 다른 모든 패치를 보는 비전 트랜스포머(ViT)"
    ),
    "two convolutions and one dense layer read handwritten digits": (
        "합성곱층 둘과 전결합층 하나로 손글씨 숫자를 인식"
    ),
    "four convolutions and two dense layers classify color images of 32 by 32 pixels": (
        "합성곱층 넷과 전결합층 둘로 32×32 컬러 이미지를 분류"
    ),
    "convolutions, pooling and augmentation classify images: clothes, digits or your own": (
        "합성곱, 풀링, 데이터 증강으로 옷, 숫자, 내 이미지를 분류"
    ),
    "convolutions all the way tell the class of each pixel, also in images of your own": (
        "합성곱만으로 픽셀마다 클래스를 예측, 내 이미지에도 사용(완전 합성곱 신경망)"
    ),
    "one pass finds all objects in an image, by a grid of cells; also in your own images": (
        "이미지를 격자 칸으로 나누어 한 번에 모든 객체를 검출, 내 이미지에도 사용"
    ),
    "a small VGG-style network classifies images of 32 by 32 pixels in eight classes": (
        "작은 VGG식 신경망으로 32×32 이미지를 여덟 클래스로 분류"
    ),
    "a pretrained VGG trunk and a new head tell cats from dogs, or your own classes": (
        "사전 학습된 VGG 백본에 새 헤드를 붙여 고양이와 개, 또는 내 클래스를 분류(전이 학습)"
    ),
    "a simple recurrent network forecasts the next day's trading volume from five days": (
        "단순 RNN으로 지난 5일에서 다음 날의 거래량을 예측"
    ),
    "an LSTM forecasts the trading volume of the NYSE, or a column of your own CSV file": (
        "LSTM으로 뉴욕 증권 거래소의 거래량이나 내 CSV 파일의 열을 예측"
    ),
    "dilated causal convolutions forecast the trading volume of the NYSE, or your own series": (
        "팽창 인과 합성곱(TCN)으로 뉴욕 증권 거래소의 거래량이나 내 시계열을 예측"
    ),
    "an LSTM forecasts how probable each next value is, of one series or of many at once": (
        "LSTM으로 다음 값의 확률 분포를 예측: 시계열 하나 또는 여러 개를 한꺼번에(DeepAR)"
    ),
    "compresses an image into a few numbers and reconstructs it from them": (
        "이미지를 숫자 몇 개로 압축하고 다시 복원"
    ),
    "an autoencoder with random latent vectors generates new images": (
        "잠재 벡터를 확률적으로 뽑는 오토인코더로 새 이미지를 생성"
    ),
    "a generator learns to draw images that a discriminator cannot tell from real ones": (
        "판별자가 진짜와 구별하지 못하는 이미지를 생성자가 그리도록 학습"
    ),
    "tells from the words of a film review, in any order, whether it is a good one": (
        "영화평에 나온 단어만으로(순서와 무관하게) 긍정과 부정을 구분"
    ),
    "reads a film review word by word, and tells whether it is a good one": (
        "영화평을 단어 순서대로 읽고 긍정과 부정을 구분"
    ),
    "weighs every word of a film review by itself, and adds the weights up": (
        "영화평의 단어마다 따로 가중치를 매겨 더함(단어 가방, TF-IDF)"
    ),
    "what a user will think of an item, as the product of two short vectors": (
        "사용자와 아이템의 짧은 벡터 두 개를 곱해 평점을 예측하고 추천(행렬 분해)"
    ),
    "what a user will think of an item, as an MLP tells from two short vectors": (
        "사용자와 아이템의 짧은 벡터 두 개를 다층 퍼셉트론에 넣어 평점을 예측(신경망 협업 필터링)"
    ),
    "does more often what was followed by more reward than usual": (
        "평소보다 보상이 많이 따라온 행동을 더 자주 선택(정책 그래디언트)"
    ),
    "does more often what was better than a second network thought it would be": (
        "두 번째 신경망의 예상보다 나았던 행동을 더 자주 선택(액터-크리틱)"
    ),
    "takes many steps of bounded size on what it has just met (PPO)": (
        "방금 겪은 경험으로 크기가 제한된 갱신을 여러 번 반복(PPO)"
    ),
    "learns what each action is worth from what it remembers (deep Q-network)": (
        "기억해 둔 경험에서 행동마다의 가치를 학습(심층 Q-네트워크)"
    ),
    "how probable each word is after the one before it, which also writes text": (
        "앞 단어 다음에 올 단어의 확률을 배우고 글도 생성(바이그램 언어 모델)"
    ),
    "reads a text character by character, and writes another, such as a date in ISO form": (
        "글을 한 글자씩 읽고 다른 글을 씀: 여러 가지로 쓴 날짜를 ISO 형식으로(시퀀스-투-시퀀스)"
    ),
    "tells good film reviews from bad ones, each word looking at all the others": (
        "단어마다 다른 모든 단어를 보며(어텐션) 영화평의 긍정과 부정을 구분"
    ),
    "a small BERT guesses masked words, and then needs few labels": (
        "작은 BERT가 가린 단어를 맞히며 사전 학습하고, 적은 레이블로 미세 조정"
    ),
    "learns a vector for every word; words of similar contexts get similar vectors": (
        "단어마다 벡터를 학습: 비슷한 문맥의 단어는 비슷한 벡터"
    ),
}

METRICS = {
    "mean return": "평균 리턴(에피소드 보상의 합)",
    "accuracy": "정확도",
    "classifier Fréchet distance": "분류기 프레셰 거리",
    "exact match": "완전 일치율",
    "loss": "손실함수 값",
    "mean IoU": "평균 IoU",
    "mean absolute error": "평균 절대 오차",
    "mean average precision": "mAP",
    "perplexity": "퍼플렉서티",
    "negative ELBO": "음의 변분 하한(ELBO)",
    "root mean squared error": "평균 제곱근 오차",
    "share of seeds that solve it": "문제를 푼 시드의 비율",
}

EXPERIMENTS = {
    "10,000 samples": "샘플 10,000개",
    "10,000 words": "단어 10,000개",
    "2 latent dimensions, 32x32": "잠재 변수 2개, 32×32",
    "2 latent dimensions, gray levels": "잠재 변수 2개, 회색조",
    "50,000 / 10,000": "훈련 50,000 / 테스트 10,000",
    "60,000 / 10,000": "훈련 60,000 / 테스트 10,000",
    "IMDB reviews, 10,000 words": "IMDB 영화평, 단어 10,000개",
    "500 labels": "레이블 500개",
    "any start": "임의의 시작점",
    "MovieLens 100K, fold u1": "MovieLens 100K, 폴드 u1",
    "duplicates left in": "중복 포함",
    "duplicates removed": "중복 제거",
    "eight CIFAR-10 classes": "CIFAR-10의 여덟 클래스",
    "fine-tuned": "미세 조정",
    "last 200 words": "마지막 200단어",
    "last 500 words": "마지막 500단어",
    "one word before": "앞의 한 단어",
    "plain ground": "고른 배경",
    "scenes of clothes": "옷을 모은 장면",
    "three series": "시계열 세 개",
    "with the day of the week": "요일 포함",
    "written dates": "여러 가지로 쓴 날짜",
}

SOURCES = {
    "Keras code examples": "Keras 예제",
    "Fashion-MNIST repository": "Fashion-MNIST 저장소",
    "MLP 256-128-100 in the Fashion-MNIST repository": "Fashion-MNIST 저장소의 MLP 256-128-100",
    "any single linear unit": "선형 유닛 하나",
    "autoregression": "자기회귀",
    "components and neighbors": "연결 요소와 최근접 이웃",
    "course document A": "강의 자료 A",
    "course document D": "강의 자료 D",
    "course document E": "강의 자료 E",
    "date rules": "날짜 규칙",
    "guessing": "무작위 추측",
    "kernel ridge": "커널 릿지 회귀",
    "lasso": "라쏘",
    "lasso words": "단어의 라쏘 로지스틱 회귀",
    "least squares": "최소제곱법",
    "logistic regression": "로지스틱 회귀",
    "majority class": "가장 많은 클래스",
    "naive bayes words": "단어의 나이브 베이즈",
    "nearest neighbor": "최근접 이웃",
    "nearest text": "가장 비슷한 글",
    "one against all": "일대다 로지스틱 회귀",
    "smoothed bigram": "평활화한 바이그램",
    "smoothed trigram": "평활화한 트라이그램",
    "tf idf words": "단어의 TF-IDF 로지스틱 회귀",
    "pole angle": "막대가 기운 쪽으로 밀기",
    "pole angle and velocity": "막대의 각도와 각속도로 밀기",
    "random forest": "랜덤 포레스트",
    "random policy": "무작위 행동",
    "unigram": "유니그램",
    "weighted neighbors": "가중 최근접 이웃",
}

KOREAN = HEADINGS | SUMMARIES | METRICS | EXPERIMENTS | SOURCES
