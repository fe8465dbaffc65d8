"""What `list`, `show` and the end of a training say, in Korean, by what they say in English."""

from __future__ import annotations

LINES = {
    # check
    "1 row": "행 1개",
    "{n} rows": "행 {n}개",
    "{rows}: {odd} farther from the training than 99 % of the validation rows; ks {ks}": (
        "{rows}: 그중 {odd}가 검증 행의 99 %보다 학습 데이터에서 더 멉니다. ks {ks}"
    ),
    "these rows are not as far from the training as the validation rows were: ks {ks}. Check where "
    "{source} comes from, or train again on such rows.": (
        "이 행들이 학습 데이터에서 떨어진 정도가 검증 행과 다릅니다(ks {ks}). {source}의 출처를 "
        "확인하거나, 이런 행으로 다시 학습하세요"
    ),
    # show
    "Layers:": "층:",
    "Sizes, (n + 2p - f)/s + 1 of n pixels, p more on either side, f in strides of s:": (
        "크기: 픽셀 n개, 양쪽에 p개를 덧대고, 폭 f인 필터를 s칸씩 옮기면 (n + 2p - f)/s + 1"
    ),
    "Recipe ({variant}):": "레시피({variant}):",
    "documented": "출처 그대로",
    "tuned": "튜닝함",
    "follows: {source}": "따르는 것: {source}",
    "Data ({dataset}):": "데이터({dataset}):",
    "References:": "참고 값:",
    "published": "문헌에 실린 값",
    "baseline": "기준 모델",
    "best": "가장 좋은 값",
    "Recorded results:": "기록된 결과:",
    "none; make them with: kerazoo record {name}": "없음. 만들려면: kerazoo record {name}",
    "{experiment}: best baseline {value} ({baseline})": (
        "{experiment}: 가장 좋은 기준 모델 {value} ({baseline})"
    ),
    "{experiment}: {variant}, {metric} {score}": "{experiment}: {variant}, {metric} {score}",
    "cross-validation: {variant}, {metric} {score}": "교차 검증: {variant}, {metric} {score}",
    "best {monitor}": "가장 좋은 {monitor}",
    "last epoch": "마지막 에포크",
    "weights that are kept: those of the {epoch}": "남기는 가중치: {epoch} 때의 것",
    "lower": "낮을수록",
    "higher": "높을수록",
    "judged by: {metric}, {better} is better; experiment {experiment}": (
        "평가 지표: {metric}, {better} 좋음; 실험: {experiment}"
    ),
    "further experiments, for --experiment: {experiments}": (
        "그 밖의 실험(--experiment): {experiments}"
    ),
    "dataset": "데이터 세트",
    "dataset arguments": "데이터 세트 인수",
    "task": "과제",
    "optimizer": "옵티마이저",
    "loss": "손실함수",
    "metrics": "지표",
    "epochs": "에포크",
    "batch size": "배치 크기",
    "parameters": "모수",
    "patience": "조기 종료까지 기다리는 에포크",
    "builder arguments": "신경망의 인수",
    "fit arguments": "학습의 인수",
    "baselines": "기준 모델",
    "measures": "측정하는 것",
    "precision": "정밀도",
    "penalty": "벌점(규제)",
    "shuffle": "섞기",
    "seed": "시드",
    "recorded seeds": "기록한 시드 수",
    "cross validation folds": "교차 검증 폴드 수",
    # the end of a training
    "metric": "지표",
    "before": "이전",
    "ours": "결과",
    "accuracy": "정확도",
    "{name}: test set, {experiment}": "{name}: 테스트 세트, {experiment}",
    "{mean} ± {spread} ({least} to {most})": "{mean} ± {spread} ({least}~{most})",
    "{epochs} epochs in {seconds} s": "{epochs} 에포크, {seconds}초",
    "{trainings} trainings, {epochs} epochs in {seconds} s": (
        "학습 {trainings}번, 모두 {epochs} 에포크, {seconds}초"
    ),
    "; stopped early, as {monitor} was no better for {patience}": (
        "; {monitor}가 에포크 {patience} 동안 나아지지 않아 조기 종료"
    ),
    "; {count} of them stopped early, as {monitor} was no better for {patience}": (
        "; 그중 {count}번은 {monitor}가 에포크 {patience} 동안 나아지지 않아 조기 종료"
    ),
    "baselines, {metric}: {others}": "기준 모델, {metric}: {others}",
    "the network beats the best baseline, {baseline}": (
        "신경망이 가장 좋은 기준 모델({baseline})보다 좋습니다"
    ),
    "the network is no better than the best baseline, {baseline}": (
        "신경망이 가장 좋은 기준 모델({baseline})보다 좋지 않습니다"
    ),
    "the network is worse than {baseline} ({metric} {ours} against {theirs}): use that "
    "instead, or train longer or on more data": (
        "신경망이 {baseline}보다 못합니다({metric} {ours}, 기준 모델은 {theirs}). 기준 모델을 "
        "쓰거나, 더 오래 또는 더 많은 데이터로 학습하세요"
    ),
    "{metric} {before} before, {after} after": "{metric} 이전 {before}, 이후 {after}",
    "going on has changed nothing on the test part of this data: {figures}": (
        "이어서 학습해도 이 데이터의 테스트 세트에서 달라진 것이 없습니다: {figures}"
    ),
    "going on has helped on the test part of this data: {figures}": (
        "이어서 학습한 것이 이 데이터의 테스트 세트에서 도움이 되었습니다: {figures}"
    ),
    "going on has not helped on the test part of this data: {figures}; keep the old network": (
        "이어서 학습한 것이 이 데이터의 테스트 세트에서 도움이 되지 않았습니다: {figures}. 이전 "
        "신경망을 쓰세요"
    ),
}
