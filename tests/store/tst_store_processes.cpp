// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/run_lock.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <csignal>
#include <filesystem>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>

using namespace bitprism;
using namespace bitprism::store;

namespace {

/// Another process running `work`, which may send numbers to this one.
class Child
{
public:
    using Send = std::function<void(int)>;

    explicit Child(const std::function<void(const Send &)> &work)
    {
        int ends[2];
        if (::pipe(ends) != 0) {
            return;
        }
        m_pid = ::fork();
        if (m_pid == 0) {
            ::close(ends[0]);
            int status = 1;
            try {
                work([&](int number) {
                    if (::write(ends[1], &number, sizeof number) != sizeof number) {
                        ::_exit(2);
                    }
                });
                status = 0;
            } catch (const std::exception &error) { // the parent sees the status
                std::fprintf(stderr, "child: %s\n", error.what());
            }
            ::_exit(status);
        }
        ::close(ends[1]);
        m_input = ends[0];
    }

    ~Child()
    {
        kill();
        ::close(m_input);
    }

    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;

    /// The next number; -1 when the other process has ended.
    int receive() const
    {
        int number = -1;
        return ::read(m_input, &number, sizeof number) == sizeof number ? number : -1;
    }

    /// As the system does when memory runs out or the machine stops: no destructor runs.
    void kill()
    {
        if (m_pid > 0) {
            ::kill(m_pid, SIGKILL);
            join();
        }
    }

    /// The exit status; -1 for a killed process.
    int join()
    {
        int status = 0;
        ::waitpid(m_pid, &status, 0);
        m_pid = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t m_pid = 0;
    int m_input = -1;
};

RunRequest toyRequest(const std::string &name)
{
    RunRequest request;
    request.kind = "run";
    request.name = name;
    request.blocks = 1000;
    return request;
}

const std::string toyHash(64, '1');

NewRun startRun(ExperimentStore &store, const std::string &name)
{
    NewRun made = store.createRun(toyRequest(name), test::toyModelInfo(), toyHash);
    store.setStatus(made.id, RunStatus::Running);
    return made;
}

/// Commits blocks until it is killed, and tells each block after its commit returned.
void commitForEver(const std::filesystem::path &file, const Child::Send &send)
{
    ExperimentStore store(file);
    const NewRun made = startRun(store, "killed");
    send(0);
    for (int block = 0; block < 100000; ++block) {
        store.commitBlock(made.id, block, test::toyRunLayers(block), std::to_string(block));
        send(block);
    }
}

} // namespace

class TstStoreProcesses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = std::filesystem::path(m_folder->path().toStdString()) / "project.bitprism";
    }

    void aKilledRunKeepsEveryCommittedBlock_data()
    {
        QTest::addColumn<int>("blocks");
        for (const int blocks : {0, 1, 2, 7, 40}) {
            QTest::addRow("%d blocks", blocks) << blocks;
        }
    }

    void aKilledRunKeepsEveryCommittedBlock()
    {
        QFETCH(int, blocks);
        Child child([&](const Child::Send &send) { commitForEver(m_file, send); });
        QCOMPARE(child.receive(), 0);
        for (int i = 0; i < blocks; ++i) {
            QCOMPARE(child.receive(), i);
        }
        child.kill();

        ExperimentStore store(m_file);
        const RunRecord record = store.listRuns().front();
        QCOMPARE(record.status, RunStatus::Interrupted);
        const RunProgress progress = store.runProgress(record.id);
        // Blocks committed between the last message and the signal may be there too, whole.
        QVERIFY(progress.journal.size() >= static_cast<std::size_t>(blocks));
        QCOMPARE(static_cast<std::size_t>(record.blocksDone), progress.journal.size());
        QCOMPARE(progress.layers.size(), 2 * progress.journal.size());
        for (std::size_t i = 0; i < progress.journal.size(); ++i) {
            QCOMPARE(progress.journal[i].entry, std::to_string(i));
        }
        QVERIFY(store.check().ok);

        const RunLock lock = store.lockRun(record.id); // and it can be taken up again
        store.setStatus(record.id, RunStatus::Running);
        QCOMPARE(store.run(record.id).status, RunStatus::Running);
    }

    void aRunBelongsToOneProcess()
    {
        Child child([&](const Child::Send &send) {
            ExperimentStore store(m_file);
            const NewRun made = startRun(store, "held");
            send(1);
            ::pause();
        });
        QCOMPARE(child.receive(), 1);
        ExperimentStore store(m_file);
        const std::string id = store.listRuns().front().id;
        QCOMPARE(store.run(id).status, RunStatus::Running);
        QVERIFY_EXCEPTION_THROWN((void)store.lockRun(id), Error);
        QVERIFY_EXCEPTION_THROWN(store.deleteRun(id), Error);
        QCOMPARE(store.countRuns(), 1);
        child.kill();
        QCOMPARE(store.run(id).status, RunStatus::Interrupted);
        QCOMPARE(store.listRuns().front().status, RunStatus::Interrupted);
        store.deleteRun(id);
        QCOMPARE(store.countRuns(), 0);
    }

    void aLockHoldsInsideOneProcessToo()
    {
        const std::filesystem::path folder = m_file.parent_path() / "run";
        QVERIFY(!RunLock::isHeld(folder));
        std::optional<RunLock> lock = RunLock::acquire(folder);
        QVERIFY(lock.has_value());
        QVERIFY(RunLock::isHeld(folder));
        QVERIFY(!RunLock::acquire(folder).has_value());
        RunLock moved = std::move(*lock);
        lock.reset();
        QVERIFY(RunLock::isHeld(folder));
        moved.release();
        QVERIFY(!RunLock::isHeld(folder));
        QVERIFY(RunLock::acquire(folder).has_value());
    }

    void manyProcessesMakeAndWriteOneStore()
    {
        constexpr int processes = 4;
        constexpr int runs = 6;
        {
            std::vector<std::unique_ptr<Child>> children;
            for (int i = 0; i < processes; ++i) {
                children.push_back(std::make_unique<Child>([&](const Child::Send &) {
                    ExperimentStore store(m_file); // all race to make the file
                    for (int run = 0; run < runs; ++run) {
                        test::addToyRun(store, "run", 4, "{}");
                    }
                }));
            }
            for (const auto &child : children) {
                QCOMPARE(child->join(), 0);
            }
        }
        const ExperimentStore store(m_file);
        QCOMPARE(store.countRuns(), processes * runs);
        for (const RunRecord &record : store.listRuns()) {
            QCOMPARE(record.blocksDone, 2);
            QCOMPARE(store.metrics(record.id).size(), std::size_t{1});
        }
        QVERIFY(store.check().ok);
    }

    void readersSeeWholeBlocksWhileAnotherWrites()
    {
        Child child([&](const Child::Send &send) { commitForEver(m_file, send); });
        QCOMPARE(child.receive(), 0);
        const ExperimentStore store(m_file, OpenMode::ReadOnly);
        const std::string id = store.listRuns().front().id;
        for (int i = 0; i < 30; ++i) {
            QCOMPARE(child.receive(), i);
            QCOMPARE(store.runProgress(id).layers.size() % 2, std::size_t{0});
            QVERIFY(store.run(id).blocksDone > i);
        }
    }

    void aBackupTakenWhileAnotherWritesIsConsistent()
    {
        Child child([&](const Child::Send &send) { commitForEver(m_file, send); });
        QCOMPARE(child.receive(), 0);
        const ExperimentStore store(m_file);
        for (int i = 0; i < 5; ++i) {
            QCOMPARE(child.receive(), i);
            const auto target = m_file.parent_path() / ("copy" + std::to_string(i) + ".bitprism");
            store.backup(target);
            const ExperimentStore copy(target);
            const RunRecord record = copy.listRuns().front();
            const RunProgress progress = copy.runProgress(record.id);
            QVERIFY(record.blocksDone > i);
            QCOMPARE(static_cast<std::size_t>(record.blocksDone), progress.journal.size());
            QCOMPARE(progress.layers.size(), 2 * progress.journal.size());
        }
    }

    void openingAndClosingKeepsOtherConnectionsLocks()
    {
        // Closing any descriptor of a file drops the process's POSIX locks on it: the check of the
        // header must not do that under the feet of an open transaction.
        {
            const ExperimentStore made(m_file);
        }
        const Database database(m_file, OpenMode::ReadWrite);
        database.execute("PRAGMA journal_mode = delete; BEGIN IMMEDIATE");
        {
            const ExperimentStore second(m_file, OpenMode::ReadOnly);
        }
        Child child([&](const Child::Send &send) {
            const Database other(m_file, OpenMode::ReadWrite);
            other.execute("PRAGMA busy_timeout = 0");
            try {
                other.execute("BEGIN IMMEDIATE");
                send(1);
            } catch (const Error &) { // what the claim is about
                send(0);
            }
        });
        QCOMPARE(child.receive(), 0);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_file;
};

BITPRISM_TEST(TstStoreProcesses);
#include "tst_store_processes.moc"
