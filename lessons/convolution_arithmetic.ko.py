# %% [markdown]
# # 합성곱의 크기 계산
#
# 합성곱은 작은 필터를 이미지의 모든 자리에 대어 보고 자리마다 숫자를 하나씩 계산합니다. 이 수업에서는 합성곱을 손으로 쓰고, 합성곱
# 신경망의 크기와 모수를 계산하고, 숫자 하나가 이미지를 얼마나 넓게 보는지 알아봅니다.
#
# 강의에서 합성곱 신경망을 다루는 부분(A 224-335, B 1340-1508)에 해당합니다.

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## 손으로
# 필터를 그 아래에 놓인 숫자와 하나씩 곱해 모두 더합니다. 그리고 다음 자리로 옮깁니다. 어디서나 같은 아홉 개의 가중치를 씁니다.
# (엄밀히 말하면 이것은 상관(correlation)입니다. 합성곱이라면 필터를 먼저 뒤집어야 하지만, 신경망은 필터를 학습하므로 구별하지
# 않습니다.)


# %%
def convolve(image, kernel, stride=1, padding=0):
    image = np.pad(image, padding)
    size = len(kernel)
    rows, columns = ((length - size) // stride + 1 for length in image.shape)
    output = np.empty((rows, columns))
    for row in range(rows):
        for column in range(columns):
            up, left = row * stride, column * stride
            output[row, column] = np.sum(image[up : up + size, left : left + size] * kernel)
    return output


boot = kerazoo.load_dataset("fashion_mnist_mini").train.x[0, :, :, 0] / 255.0
filters = {
    "upright edges": np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
    "level edges": np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]]),
    "blurred": np.full((3, 3), 1 / 9),
}
found = {name: convolve(boot, kernel) for name, kernel in filters.items()}
layer = keras.layers.Conv2D(1, 3, use_bias=False)
layer.build((None, 28, 28, 1))
for name, kernel in filters.items():
    layer.set_weights([kernel[:, :, None, None]])
    by_keras = keras.ops.convert_to_numpy(layer(boot[None, :, :, None]))
    np.testing.assert_allclose(found[name], by_keras[0, :, :, 0], atol=1e-5)
shown = [boot[1:-1, 1:-1], *((np.clip(one, -4, 4) + 4) / 8 for one in list(found.values())[:2])]
plots.plot_images(np.stack([*shown, found["blurred"]]), ["the image", *filters])

# %% [markdown]
# 케라스의 층도 같은 값을 냅니다. 경계를 찾은 두 이미지에서 회색은 0입니다. 이미지가 변하지 않는 곳입니다. **해 보기:** 필터를 직접
# 만들어 보세요. 한가운데가 아닌 곳에 1이 하나만 있는 필터는 무엇을 합니까?
#
# ## 크기
# 이미지의 크기가 $n$, 필터의 크기가 $f$, 각 변의 패딩이 $p$, 스트라이드가 $s$이면 필터를 놓을 자리는
# $\lfloor (n + 2p - f) / s \rfloor + 1$곳입니다. 강의의 예(A 302-306)는 6 × 6 이미지와 3 × 3 필터입니다.

# %%
plots.plot_windows(6, 3)

# %% [markdown]
# 패딩을 $(f - 1) / 2$로 하면, 여기서는 각 변에 0을 한 줄씩 두르면 크기가 그대로입니다. 케라스의 `padding="same"`입니다. 모든 변에
# 똑같이 두르려면 $f$가 홀수여야 합니다.

# %%
plots.plot_windows(6, 3, padding=1)

# %% [markdown]
# 스트라이드가 2이면 출력은 절반쯤으로 줄어듭니다. 회색 픽셀에는 필터가 닿지 않아 정보가 버려집니다.

# %%
plots.plot_windows(6, 3, stride=2)


# %%
def size_after(n, f, s=1, p=0):
    return (n + 2 * p - f) // s + 1


cases = [(6, 3, 1), (6, 3, 2), (7, 3, 2), (28, 5, 3), (224, 11, 4)]
rows = [
    (
        *case,
        size_after(*case),
        keras.layers.Conv2D(1, f, s).compute_output_shape((None, n, n, 1))[1],
        (n - f + 1) / s,
    )
    for case in cases
    for n, f, s in [case]
]
columns = ["n", "f", "s", "공식", "케라스", "A 303"]
pd.DataFrame(rows, columns=columns).set_index(["n", "f", "s"])

# %% [markdown]
# > **강의 자료의 오류.** A 303행은 출력 크기를 (입력 크기 - 필터 크기 + 1) / 스트라이드라고 합니다. 스트라이드가 1일 때만 맞는
# > 식이고, 다른 경우에 나오는 값이 표의 마지막 열입니다. A 275행의 필터는 2 × 2인데, B 1383행과 A 307행처럼 홀수가 보통입니다.
# > A 751행은 채널 3개와 필터 2개로 6차원이 된다고 합니다. 필터는 입력의 모든 채널을 더하므로 출력의 채널 수는 필터 수와 같은
# > 2입니다.
#
# ## 풀링
# 풀링은 2 × 2 칸마다 가장 큰 값이나 평균을 고릅니다. 가중치가 없습니다. 강의의 예(B 1416-1420)는 120 × 160 이미지에 5 × 5 필터
# 열두 개를 쓰고 풀링한 것입니다.


# %%
def pool(image, function=np.max):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    squares = image[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2)
    return function(squares, axis=(1, 3))


small = np.array([[1, 3, 0, 2], [5, 4, 1, 1], [7, 2, 9, 6], [0, 3, 4, 8]])
print("최댓값:", pool(small).tolist(), " 평균:", pool(small, np.mean).tolist())
inputs = keras.Input((120, 160, 1), name="image")
maps = keras.layers.Conv2D(12, 5, name="twelve_filters")(inputs)
model = keras.Model(inputs, keras.layers.MaxPooling2D(name="pooling")(maps))
kerazoo.layer_table(model)

# %% [markdown]
# > **강의 자료의 오류.** B 1652행은 LeNet이 맥스 풀링을 쓴다고 하지만, LeNet은 평균을 냅니다. 이 패키지의 `lenet`도 그렇습니다.
#
# ## 모수
# 채널이 $c$개인 입력에 $f \times f$ 필터 $k$개를 쓰면, 이미지의 크기와 상관없이 가중치가 $f \cdot f \cdot c \cdot k$개, 편향이
# $k$개입니다. 출력이 같은 수인 전결합층이라면 입력과 출력의 짝마다 가중치가 필요합니다. 또 3 × 3 층 둘은 5 × 5 층 하나만큼 넓게
# 보면서, 채널이 $C$개일 때 가중치가 $25 C^2$개가 아니라 $18 C^2$개입니다(B 1680-1683, E 1122-1136).


# %%
def weights_of(f, c, k):
    return f * f * c * k


rows = {
    "흑백에 5 × 5 필터 12개": weights_of(5, 1, 12) + 12,
    "출력이 같은 수인 전결합층": 120 * 160 * (116 * 156 * 12) + 116 * 156 * 12,
    "3 × 3 층 둘, 채널 64개": 2 * weights_of(3, 64, 64),
    "5 × 5 층 하나, 채널 64개": weights_of(5, 64, 64),
}
pd.Series(rows).map("{:,}".format).to_frame("모수")

# %% [markdown]
# ## 신경망 하나의 모양
# 강의에서는 숫자를 읽는 신경망의 모양을 출력합니다(E 574-664). 28 × 28 × 32, 14 × 14 × 32, 14 × 14 × 64, 7 × 7 × 64, 3,136,
# 10입니다. 이 패키지의 `mnist_cnn`입니다.

# %%
digits = kerazoo.build_mnist_cnn()
print(*(layer.output.shape[1:] for layer in digits.layers))

# %% [markdown]
# ## 숫자 하나가 보는 넓이
# 크기가 $f$인 층은 이웃한 값이 이미지에서 떨어진 거리의 $(f - 1)$배를 더합니다. 스트라이드와 풀링은 이 거리를 몇 배로 늘리므로
# 수용 영역(receptive field)이 빠르게 넓어집니다(B 1550-1557).


# %%
def receptive_field(layers):
    field, distance, fields = 1, 1, []
    for f, s in layers:
        field += (f - 1) * distance
        distance *= s
        fields.append(field)
    return fields


convolution, pooling = (3, 1), (2, 2)
stacks = {
    "3 × 3 only": [convolution] * 9,
    "and a pooling after every second": [convolution, convolution, pooling] * 3,
}
plots.plot_curves(
    {name: receptive_field(stack) for name, stack in stacks.items()},
    title="Receptive field",
    x_label="layer",
    y_label="pixels across",
    marks=True,
)

# %% [markdown]
# ## 연습 문제
# 1. `size`: 32 × 32 이미지에 5 × 5 필터를 스트라이드 2, 패딩 없이 씁니다. 출력은 몇 행입니까?
# 2. `same`: 7 × 7 필터를 스트라이드 1로 쓸 때, 패딩이 얼마이면 크기가 그대로입니까?
# 3. `parameters`: 채널이 32개인 입력에 3 × 3 필터 64개를 쓰는 층의 모수는 편향까지 몇 개입니까?
# 4. `field`: 3 × 3 층을 스트라이드 2로 세 번 지나면, 숫자 하나가 가로로 몇 픽셀을 봅니까?

# %%
answers = {"size": ..., "same": ..., "parameters": ..., "field": ...}
lessons.check("convolution_arithmetic", answers, "ko")
