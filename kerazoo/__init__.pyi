"""What type checkers see of the lazily resolved names; a test compares it with the package."""

from kerazoo import metrics as metrics
from kerazoo import plots as plots
from kerazoo.artifacts import load_model as load_model
from kerazoo.artifacts import save_model as save_model
from kerazoo.datasets import Splits as Splits
from kerazoo.datasets import list_datasets as list_datasets
from kerazoo.datasets import load_dataset as load_dataset
from kerazoo.errors import DamagedFile as DamagedFile
from kerazoo.errors import DatasetNotFound as DatasetNotFound
from kerazoo.errors import InvalidInput as InvalidInput
from kerazoo.errors import KerazooError as KerazooError
from kerazoo.errors import UnknownName as UnknownName
from kerazoo.forecasting import Forecast as Forecast
from kerazoo.forecasting import forecast as forecast
from kerazoo.models.generative.autoencoder import build_autoencoder as build_autoencoder
from kerazoo.models.generative.gan import build_gan as build_gan
from kerazoo.models.generative.vae import build_vae as build_vae
from kerazoo.models.sequence.lstm import build_lstm as build_lstm
from kerazoo.models.sequence.nyse_rnn import build_nyse_rnn as build_nyse_rnn
from kerazoo.models.tabular.boston import build_boston as build_boston
from kerazoo.models.tabular.wine_binary import build_wine_binary as build_wine_binary
from kerazoo.models.tabular.wine_multiclass import build_wine_multiclass as build_wine_multiclass
from kerazoo.models.tabular.xor import build_xor as build_xor
from kerazoo.models.text.word2vec import build_word2vec as build_word2vec
from kerazoo.models.vision.cnn import build_cnn as build_cnn
from kerazoo.models.vision.fashion_mnist import build_fashion_mnist as build_fashion_mnist
from kerazoo.models.vision.vgg_small import build_vgg_small as build_vgg_small
from kerazoo.models.vision.vgg_transfer import build_vgg_transfer as build_vgg_transfer
from kerazoo.predictor import load_predictor as load_predictor
from kerazoo.recipe import Recipe as Recipe
from kerazoo.recipe import Reference as Reference
from kerazoo.registry import list_families as list_families
from kerazoo.registry import list_models as list_models
from kerazoo.registry import load_builder as load_builder
from kerazoo.registry import load_recipe as load_recipe
from kerazoo.training.callbacks import EarlyStopping as EarlyStopping
from kerazoo.training.callbacks import ModelCheckpoint as ModelCheckpoint
from kerazoo.training.compile import compile_model as compile_model
from kerazoo.training.evaluate import evaluate_model as evaluate_model
from kerazoo.training.fit import fit_model as fit_model
from kerazoo.training.normalization import adapt_normalization as adapt_normalization
from kerazoo.training.run import train as train
from kerazoo.word_vectors import WordVectors as WordVectors
from kerazoo.word_vectors import load_word_vectors as load_word_vectors

__version__: str
