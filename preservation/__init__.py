"""What is done to keep records: conversion, audits, repair, migration, retention, disposition, handover."""
