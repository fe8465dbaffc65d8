# %% [markdown]
# # 데이터 증강, 믹스업, 라벨 스무딩
#
# 데이터가 무한히 많다면 과대적합은 거의 일어나지 않습니다(E 1050). 여기서 다룰 세 가지 대책은 있는
# 데이터를 더 활용합니다. 이미지를 늘리고, 이미지 사이의 이미지를 만들고, 라벨에 약간의 여지를
# 둡니다.

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## 하는 일
# **데이터 증강**은 좌우로 뒤집거나 몇 픽셀 옮겨서 의미가 같은 이미지를 더 만듭니다. **믹스업**은
# 이미지 두 장과 그 라벨을 같은 비율로 섞습니다. **라벨 스무딩**은 정답 클래스의 확률을 조금 떼어
# 모든 클래스에 나누어 줍니다.
#
# > **강의 자료의 오류.** E 1068행은 *라벨 스무딩*이라는 제목 아래에 믹스업을 설명합니다. 둘은 서로
# > 다른 방법입니다.


# %%
def smooth(labels, share):
    return (1 - share) * labels + share / labels.shape[1]


def mix(x, labels, seed):
    random = np.random.default_rng(seed)
    other = random.permutation(len(x))
    share = random.beta(0.4, 0.4, len(x)).astype("float32")
    of_image, of_label = share[:, None, None, None], share[:, None]
    images = of_image * x + (1 - of_image) * x[other]
    return images, of_label * labels + (1 - of_label) * labels[other]


clothes = kerazoo.load_dataset("fashion_mnist_mini")
x, labels = clothes.train.x[:500], np.eye(10, dtype="float32")[clothes.train.y[:500]]
mixed = mix(x, labels, seed=0)
pd.DataFrame(
    [labels[0], smooth(labels[0:1], 0.1)[0], mixed[1][0]],
    ["원래 라벨", "라벨 스무딩", "믹스업"],
    clothes.class_names,
).round(2)

# %%
shift = keras.layers.RandomTranslation(0.08, 0.08, fill_mode="constant", seed=0)
moved = [keras.layers.RandomFlip("horizontal", seed=0), shift]
turned = np.asarray(keras.Sequential(moved)(x[:8].astype("float32"), training=True))
plots.plot_images(np.concatenate([x[:8], turned, mixed[0][:8]]).astype("uint8"))

# %% [markdown]
# 위는 원래 이미지, 가운데는 옮기고 뒤집은 이미지, 아래는 섞은 이미지입니다. 이제 은닉층이 둘인
# 신경망을 이미지 500장으로 학습하고, 다른 1,000장으로 평가합니다. 정확도와 함께 크로스 엔트로피를
# 봅니다. 크로스 엔트로피는 신경망이 얼마나 확신해도 되는지 알고 있는지까지 묻습니다.


# %%
def train_on_clothes(rows, epochs, augmentation=()):
    keras.utils.set_random_seed(0)
    inputs = keras.Input((28, 28, 1))
    x = keras.Sequential([keras.layers.Rescaling(1 / 255), *augmentation])(inputs)
    x = keras.layers.Dense(128, "relu")(keras.layers.Flatten()(x))
    x = keras.layers.Dense(128, "relu")(x)
    model = keras.Model(inputs, keras.layers.Dense(10, "softmax")(x))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    kerazoo.fit_model(model, rows, epochs=epochs, batch_size=50, verbose=0)
    return kerazoo.evaluate_model(model, (clothes.test.x, np.eye(10)[clothes.test.y]))


ten_times = [mix(x, labels, seed) for seed in range(10)]
mixed = np.concatenate([m[0] for m in ten_times]), np.concatenate([m[1] for m in ten_times])
pd.DataFrame(
    {
        "none": train_on_clothes((x, labels), 60),
        "augmentation": train_on_clothes((x, labels), 60, moved),
        "mixup": train_on_clothes(mixed, 6),
        "label smoothing": train_on_clothes((x, smooth(labels, 0.1)), 60),
    }
).T.round(3)

# %% [markdown]
# 아무 대책도 쓰지 않은 신경망은 자신의 답을 가장 확신하고, 그 대가로 크로스 엔트로피가 가장 큽니다.
# 어느 대책이든 크로스 엔트로피를 줄입니다. 그러나 정확도는 높아지지 않습니다. 이렇게 짧게 학습하면
# 데이터 증강과 믹스업은 오히려 조금 낮아집니다. (이미지 1,000장에서 정확도가 0.8쯤이면 표준오차가
# $\sqrt{0.8 \cdot 0.2 / 1000} = 0.013$이고, 한 번의 학습으로는 아무것도 증명할 수 없습니다.)
# 이미지가 더 많고 합성곱을 쓰는 신경망에서는 정확도도 높아집니다. 기록된 결과에 데이터 증강을 뺀
# `cnn`이 있으니 비교해 보세요.
#
# **해 보기:** 강의에서 고양이를 돌리듯이(E 1050-1056) 45도까지 돌려 보세요. `RandomTranslation`
# 대신 `keras.layers.RandomRotation(0.125)`를 씁니다. 테스트 이미지의 옷은 그렇게 놓여 있지
# 않습니다. 어떻게 됩니까?
#
# ## 연습 문제
# 점 세 개(`...`) 자리에 답을 넣으세요. 터미널에서는
# `kerazoo lesson check augmentation smoothing 0.5`처럼 확인합니다.
#
# 1. `smoothing`: 클래스가 5개이고 라벨 스무딩의 비율이 0.2일 때, 정답 클래스의 새 목푯값은
#    얼마입니까?
# 2. `mixed`: 클래스가 다른 두 이미지를 0.7과 0.3의 비율로 섞었습니다. 신경망은 첫째 클래스에 0.6,
#    둘째 클래스에 0.2를 주었습니다. 크로스 엔트로피는 얼마입니까?
# 3. `copies`: 이미지를 좌우로 2픽셀까지, 위아래로 2픽셀까지 한 픽셀 단위로 옮기고, 좌우로 뒤집을 수
#    있습니다. 원본을 포함해 모두 몇 가지가 나옵니까?

# %%
lessons.check("augmentation", {"smoothing": ..., "mixed": ..., "copies": ...}, "ko")
