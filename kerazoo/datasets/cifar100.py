"""CIFAR-100: 60,000 color images, 32 by 32 pixels, in 100 classes, five of each of 20 kinds.

Read like CIFAR-10. The archives' hashes are those that TensorFlow Datasets, Keras and torchvision
pin; the project's own tests read small archives of the same form.

Reference: Krizhevsky, "Learning multiple layers of features from tiny images", University of
Toronto, 2009.
"""

from __future__ import annotations

from kerazoo.datasets.reading.cifar import Layout, archives
from kerazoo.datasets.reading.color_images import ColorImages

SUPERCLASSES = {
    "aquatic_mammals": ("beaver", "dolphin", "otter", "seal", "whale"),
    "fish": ("aquarium_fish", "flatfish", "ray", "shark", "trout"),
    "flowers": ("orchid", "poppy", "rose", "sunflower", "tulip"),
    "food_containers": ("bottle", "bowl", "can", "cup", "plate"),
    "fruit_and_vegetables": ("apple", "mushroom", "orange", "pear", "sweet_pepper"),
    "household_electrical_devices": ("clock", "keyboard", "lamp", "telephone", "television"),
    "household_furniture": ("bed", "chair", "couch", "table", "wardrobe"),
    "insects": ("bee", "beetle", "butterfly", "caterpillar", "cockroach"),
    "large_carnivores": ("bear", "leopard", "lion", "tiger", "wolf"),
    "large_man-made_outdoor_things": ("bridge", "castle", "house", "road", "skyscraper"),
    "large_natural_outdoor_scenes": ("cloud", "forest", "mountain", "plain", "sea"),
    "large_omnivores_and_herbivores": ("camel", "cattle", "chimpanzee", "elephant", "kangaroo"),
    "medium_mammals": ("fox", "porcupine", "possum", "raccoon", "skunk"),
    "non-insect_invertebrates": ("crab", "lobster", "snail", "spider", "worm"),
    "people": ("baby", "boy", "girl", "man", "woman"),
    "reptiles": ("crocodile", "dinosaur", "lizard", "snake", "turtle"),
    "small_mammals": ("hamster", "mouse", "rabbit", "shrew", "squirrel"),
    "trees": ("maple_tree", "oak_tree", "palm_tree", "pine_tree", "willow_tree"),
    "vehicles_1": ("bicycle", "bus", "motorcycle", "pickup_truck", "train"),
    "vehicles_2": ("lawn_mower", "rocket", "streetcar", "tank", "tractor"),
}
"""The kinds, in the order of the authors' coarse labels, and the classes of each."""

_KIND_OF = {name: kind for kind, names in enumerate(SUPERCLASSES.values()) for name in names}
CLASS_NAMES = tuple(sorted(_KIND_OF))  # the authors' labels are in the order of the alphabet
_BATCHES = {
    "train": "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29",
    "test": "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a",
}

LAYOUT = Layout(
    batches=_BATCHES,
    rows={"train": 50_000, "test": 10_000},
    label_bytes=2,
    pickled_labels=b"fine_labels",
    before=tuple(_KIND_OF[name] for name in CLASS_NAMES),
    **archives(
        "cifar100",
        binary="58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
        binary_md5="03b5dce01913d631647c71ecec9e9cb8",
        python="85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
        keras_name="cifar-100-python-target",
    ),
)
FILES = (LAYOUT.binary,)

IMAGES = ColorImages("cifar100", CLASS_NAMES, LAYOUT)
load, tiny, locate = IMAGES.load, IMAGES.tiny, IMAGES.locate
