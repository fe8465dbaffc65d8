# Predict with saved models, without TensorFlow. Rows come in on standard input, answers go out:
#   docker build -t kerazoo . && docker run --rm -i kerazoo predict wine_multiclass - < rows.csv
# A model of your own is a folder that is mounted:
#   docker run --rm -i -v "$PWD/runs/churn:/model:ro" kerazoo predict /model - < rows.csv
# Over HTTP, and in a browser at http://localhost:8000:
#   docker run --rm -p 127.0.0.1:8000:8000 kerazoo serve wine_multiclass --host 0.0.0.0
FROM python:3.12-slim

WORKDIR /opt/kerazoo
COPY requirements-predict.txt requirements-serve.txt ./
RUN pip install --no-cache-dir -r requirements-serve.txt
COPY setup.cfg pyproject.toml README.md LICENSE ./
COPY kerazoo kerazoo
COPY saved_models saved_models
COPY results results
RUN pip install --no-cache-dir --no-deps .

# Nobody needs to be root to predict; a model of a stranger least of all.
RUN useradd --create-home kerazoo
USER kerazoo
WORKDIR /home/kerazoo
EXPOSE 8000
ENTRYPOINT ["kerazoo"]
CMD ["--help"]
